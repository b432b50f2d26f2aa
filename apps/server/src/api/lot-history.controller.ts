import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { isSettled } from '#auction/lot/lot.js';
import { LotHistoryEvent } from '#contracts/http/lot-history.js';
import { LotParams } from '#contracts/http/lots.js';
import { DEFAULT_PAGE, MAX_PAGE, type Page, PageOf } from '#contracts/http/pages.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { ReadModels } from '#read-models/read-models.js';
import { isInScope, type Principal } from '../auth/principal.js';
import { callerGone } from '../http/caller-gone.js';
import { principalOf } from '../http/command-context.js';
import { notFound } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { LotHistory, type Shown } from './lot-history.js';
import { namesFor } from './shown-names.js';

const route = {
  params: LotParams,
  query: Type.Object(
    {
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })),
      cursor: Type.Optional(Type.String({ pattern: '^(0|[1-9][0-9]{0,9})$', description: 'The revision to begin at' })),
    },
    { additionalProperties: false },
  ),
};

@Controller()
export class LotHistoryController {
  constructor(
    private readonly history: LotHistory,
    private readonly readModels: ReadModels,
    private readonly aliases: BidderAliases,
  ) {}

  @Get('api/lots/:lotId/history')
  @Route({
    ...route,
    access: 'any',
    tag: 'Lots',
    summary: "The events of a lot's stream and what each changed: its state at any revision",
    answers: { 200: PageOf(LotHistoryEvent) },
    problems: [404],
  })
  async events(
    @Req() request: RouteRequest<typeof route>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<LotHistoryEvent>> {
    const { lotId } = request.params;
    const { limit = DEFAULT_PAGE, cursor = '0' } = request.query;
    const principal = principalOf(request);
    if (!this.isShownTo(principal, lotId)) throw notFound('lot');
    const wanted = { from: Number(cursor), limit, signal: callerGone(reply) };
    const page = await this.history.page(lotId, wanted, this.shownTo(principal, lotId));
    if (page === null) throw notFound('lot');
    return { items: [...page.items], nextCursor: page.next === null ? null : String(page.next) };
  }

  private isShownTo(principal: Principal, lotId: string): boolean {
    if (principal.auctionIds == null) return true;
    const row = this.readModels.lots.get(lotId);
    return row !== null && isInScope(principal, row.lot.auctionId);
  }

  /** Whoever runs Gavel sees what is stored. An auctioneer who saw the maxima of an open lot could bid it up. */
  private shownTo(principal: Principal, lotId: string): Shown {
    const { role } = principal;
    const inside = role === 'admin' || role === 'auctioneer';
    const row = role === 'auctioneer' ? this.readModels.lots.get(lotId) : null;
    const stored = role === 'admin' || (row !== null && isSettled({ ...row.lot }));
    return { inside, stored, nameOf: namesFor(principal, this.aliases) };
  }
}
