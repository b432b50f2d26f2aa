import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AuctionParams, AuctionSummary, AuctionsQuery, AuctionView } from '#contracts/http/auctions.js';
import { ETag } from '#contracts/http/command-headers.js';
import { DEFAULT_PAGE, PageOf } from '#contracts/http/pages.js';
import { AtLeastQuery } from '#contracts/http/position.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { ReadModels } from '#read-models/read-models.js';
import { CREATED_AUCTIONS } from '#read-models/row-keys.js';
import type { AuctionRow } from '#read-models/rows.js';
import { isInScope } from '../auth/principal.js';
import { principalOf } from '../http/command-context.js';
import { tagHeaders } from '../http/etag.js';
import { notFound } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { auctionHead, auctionJson } from './auction-json.js';
import { auctionPage } from './auction-page.js';
import { cursorForms, keyBehind } from './list-cursor.js';
import { lotView } from './lot-view.js';
import { namesFor } from './shown-names.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const list = { query: AuctionsQuery };
const one = { params: AuctionParams, query: AtLeastQuery };

@Controller()
export class AuctionQueriesController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly visibility: Visibility,
    private readonly aliases: BidderAliases,
  ) {}

  @Get('api/auctions')
  @Route({
    ...list,
    access: 'any',
    tag: 'Auctions',
    summary: 'Auctions with their lots by creation, all or those of a state or title',
    answers: { 200: PageOf(AuctionSummary) },
  })
  async auctions(
    @Req() request: RouteRequest<typeof list>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { limit = DEFAULT_PAGE, cursor, order, atLeast } = request.query;
    const after = keyBehind(CREATED_AUCTIONS, cursor, cursorForms.position);
    const principal = principalOf(request);
    const matches = matcher(request.query);
    const isWanted = (row: AuctionRow) => isInScope(principal, row.auctionId) && matches(row);
    const listings = await this.visibility.reach(this.readModels.listings, atLeast);
    const auctions = await this.visibility.reach(this.readModels.auctions, atLeast);
    const lots = await this.visibility.reach(this.readModels.lots, atLeast);
    reply.type(JSON_TYPE);
    const nameOf = namesFor(principal, this.aliases);
    const wanted = { limit, descending: order === 'newest', after, isWanted, nameOf };
    return auctionPage({ listings, auctions, lots }, wanted);
  }

  @Get('api/auctions/:auctionId')
  @Route({
    ...one,
    access: 'any',
    tag: 'Auctions',
    summary: 'An auction with its lots',
    answers: { 200: AuctionView },
    answerHeaders: { 200: { ETag } },
    problems: [404],
  })
  async auction(
    @Req() request: RouteRequest<typeof one>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { auctionId } = request.params;
    const { atLeast } = request.query;
    const row = (await this.visibility.reach(this.readModels.auctions, atLeast)).get(auctionId);
    if (row === null || !isInScope(principalOf(request), auctionId)) throw notFound('auction');
    const listings = await this.visibility.reach(this.readModels.listings, atLeast);
    const lots = await this.visibility.reach(this.readModels.lots, atLeast);
    // No If-None-Match: the lots change without their auction, whose revision the ETag is.
    reply.headers(tagHeaders(`"${row.revision}"`));
    reply.type(JSON_TYPE);
    const nameOf = namesFor(principalOf(request), this.aliases);
    const head = { ...auctionHead(row, nameOf), stagger: row.stagger };
    return auctionJson(head, { listings, lots }, ({ lot, position }) => lotView(lot, position, nameOf));
  }
}

function matcher({ state, title }: AuctionsQuery): (row: AuctionRow) => boolean {
  const wanted = title?.toLowerCase();
  return (row) =>
    (state === undefined || row.phase === state) && (wanted === undefined || row.title.toLowerCase().includes(wanted));
}
