import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AuctionParams, AuctionSummary, AuctionView } from '#contracts/http/auctions.js';
import { DEFAULT_PAGE, type Page, PageOf, PageQuery } from '#contracts/http/pages.js';
import { AtLeastQuery } from '#contracts/http/position.js';
import { toIsoOrNull } from '#contracts/time.js';
import { ReadModels } from '#read-models/read-models.js';
import type { AuctionRow } from '#read-models/rows.js';
import { notFound } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { lotView } from './lot-view.js';
import { pageOf } from './page-of.js';

const MAX_LOTS_SHOWN = 4_000;
const list = { query: PageQuery };
const one = { params: AuctionParams, query: AtLeastQuery };

@Controller()
export class AuctionQueriesController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly visibility: Visibility,
  ) {}

  @Get('api/auctions')
  @Route({
    ...list,
    access: 'any',
    tag: 'Auctions',
    summary: 'Auctions, oldest first',
    answers: { 200: PageOf(AuctionSummary) },
  })
  auctions(@Req() request: RouteRequest<typeof list>): Page<AuctionSummary> {
    const { limit = DEFAULT_PAGE, cursor } = request.query;
    const found = this.readModels.auctions.scan({
      prefix: '',
      limit: limit + 1,
      ...(cursor !== undefined && { after: cursor }),
    });
    return pageOf(found, limit, auctionSummary);
  }

  @Get('api/auctions/:auctionId')
  @Route({
    ...one,
    access: 'any',
    tag: 'Auctions',
    summary: 'An auction with its lots',
    answers: { 200: AuctionView },
    problems: [404],
  })
  async auction(
    @Req() request: RouteRequest<typeof one>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuctionView> {
    const { auctionId } = request.params;
    const { atLeast } = request.query;
    const row = (await this.visibility.reach(this.readModels.auctions, atLeast)).get(auctionId);
    if (row === null) throw notFound('auction');
    await this.visibility.reach(this.readModels.auctionLots, atLeast);
    const lots = await this.visibility.reach(this.readModels.lots, atLeast);
    // No If-None-Match: the lots change without their auction, whose revision the ETag is.
    reply.header('etag', `"${row.revision}"`);
    const members = this.readModels.auctionLots.scan({ prefix: `${auctionId}/`, limit: MAX_LOTS_SHOWN });
    return {
      ...auctionSummary(row),
      stagger: row.stagger,
      lots: members.flatMap(({ row: member }) => {
        const lot = lots.get(member.lotId);
        return lot === null ? [] : [lotView(lot.lot, lot.position)];
      }),
    };
  }
}

const auctionSummary = (row: AuctionRow): AuctionSummary => ({
  auctionId: row.auctionId,
  title: row.title,
  state: row.phase,
  currency: row.currency,
  opensAt: toIsoOrNull(row.opensAt),
  closesAt: toIsoOrNull(row.closesAt),
  lotCount: row.lotCount,
  results: row.results && [...row.results],
  position: row.position,
});
