import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { ETag } from '#contracts/http/command-headers.js';
import { LotParams, LotResultView, LotView } from '#contracts/http/lots.js';
import { AtLeastQuery } from '#contracts/http/position.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { ReadModels } from '#read-models/read-models.js';
import type { LotRow } from '#read-models/rows.js';
import { isInScope } from '../auth/principal.js';
import { principalOf } from '../http/command-context.js';
import { isKnown, tagHeaders } from '../http/etag.js';
import { notFound } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { lotResult, lotView } from './lot-view.js';
import { namesFor } from './shown-names.js';

const route = { params: LotParams, query: AtLeastQuery };
const NotModified = Type.Null({ description: 'As the caller knows it' });

@Controller()
export class LotQueriesController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly visibility: Visibility,
    private readonly aliases: BidderAliases,
  ) {}

  @Get('api/lots/:lotId')
  @Route({
    ...route,
    access: 'any',
    tag: 'Lots',
    summary: 'A lot',
    answers: { 200: LotView, 304: NotModified },
    answerHeaders: { 200: { ETag }, 304: { ETag } },
    headers: Type.Object({
      'if-none-match': Type.Optional(Type.String({ description: 'Then 304 for the lot as it is' })),
    }),
    problems: [404],
  })
  async lot(
    @Req() request: RouteRequest<typeof route>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LotView | undefined> {
    const row = await this.find(request);
    const etag = `"${row.revision}"`;
    reply.headers(tagHeaders(etag));
    if (isKnown(request.headers['if-none-match'], etag)) {
      reply.status(304);
      return undefined;
    }
    return lotView(row.lot, row.position, namesFor(principalOf(request), this.aliases));
  }

  @Get('api/lots/:lotId/result')
  @Route({
    ...route,
    access: 'any',
    tag: 'Lots',
    summary: 'How a lot ended',
    answers: { 200: LotResultView },
    problems: [404],
  })
  async result(@Req() request: RouteRequest<typeof route>): Promise<LotResultView> {
    const { lot, position } = await this.find(request);
    return lotResult(lot, position, namesFor(principalOf(request), this.aliases));
  }

  private async find(request: RouteRequest<typeof route>): Promise<LotRow> {
    const lots = await this.visibility.reach(this.readModels.lots, request.query.atLeast);
    const row = lots.get(request.params.lotId);
    if (row === null || !isInScope(principalOf(request), row.lot.auctionId)) throw notFound('lot');
    return row;
  }
}
