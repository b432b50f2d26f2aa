import { setImmediate } from 'node:timers/promises';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { MAX_LOTS } from '#auction/auction/auction.js';
import { AuctionParams, AuctionSummary, AuctionsQuery, AuctionView } from '#contracts/http/auctions.js';
import { DEFAULT_PAGE, type Page, PageOf } from '#contracts/http/pages.js';
import { AtLeastQuery } from '#contracts/http/position.js';
import type { AliasOf } from '#contracts/public-events/public-event-of.js';
import { toIsoOrNull } from '#contracts/time.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { ReadModels } from '#read-models/read-models.js';
import type { AuctionRow } from '#read-models/rows.js';
import { isInScope } from '../auth/principal.js';
import { principalOf } from '../http/command-context.js';
import { notFound } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { lotView } from './lot-view.js';
import { namesFor } from './shown-names.js';

/** An auction may have thousands of lots: so many are read and written in one turn of the event loop. */
const LOTS_A_TURN = 100;
const RESULTS_A_PAGE = 5_000;
/** Rows looked at for one page of a search: one that finds little answers early, with the cursor to go on from. */
const SEARCHED_A_PAGE = 5_000;
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
    summary: 'Auctions by creation, all or those of a state or title',
    answers: { 200: PageOf(AuctionSummary) },
  })
  async auctions(@Req() request: RouteRequest<typeof list>): Promise<Page<AuctionSummary>> {
    const { limit = DEFAULT_PAGE, cursor } = request.query;
    const items: AuctionSummary[] = [];
    let after = cursor;
    const descending = request.query.order === 'newest';
    const matches = matcher(request.query);
    const principal = principalOf(request);
    const nameOf = namesFor(principal, this.aliases);
    const next = (key: string | undefined) =>
      this.readModels.auctions.scan({ prefix: '', limit: 1, descending, ...(key !== undefined && { after: key }) });
    let results = 0;
    let searched = 0;
    // In small steps, so that others get their turn; results without end would make a page without end.
    while (items.length < limit && results < RESULTS_A_PAGE && searched < SEARCHED_A_PAGE) {
      const [found] = next(after);
      if (found === undefined) return { items, nextCursor: null };
      after = found.key;
      searched += 1;
      if (isInScope(principal, found.row.auctionId) && matches(found.row)) {
        items.push(auctionSummary(found.row, nameOf));
        results += found.row.results?.length ?? 0;
      }
      if (searched % 20 === 0 || results > 0) await setImmediate();
    }
    return { items, nextCursor: next(after).length > 0 ? (after ?? null) : null };
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
  ): Promise<string> {
    const { auctionId } = request.params;
    const { atLeast } = request.query;
    const row = (await this.visibility.reach(this.readModels.auctions, atLeast)).get(auctionId);
    if (row === null || !isInScope(principalOf(request), auctionId)) throw notFound('auction');
    await this.visibility.reach(this.readModels.auctionLots, atLeast);
    const lots = await this.visibility.reach(this.readModels.lots, atLeast);
    // No If-None-Match: the lots change without their auction, whose revision the ETag is.
    reply.header('etag', `"${row.revision}"`);
    reply.type('application/json; charset=utf-8');
    const members = this.readModels.auctionLots.scan({ prefix: `${auctionId}/`, limit: MAX_LOTS });
    const nameOf = namesFor(principalOf(request), this.aliases);
    const shown: string[] = [];
    for (const [i, { row: member }] of members.entries()) {
      const lot = lots.get(member.lotId);
      if (lot !== null) shown.push(JSON.stringify(lotView(lot.lot, lot.position, nameOf)));
      if (i % LOTS_A_TURN === LOTS_A_TURN - 1) await setImmediate();
    }
    const head = JSON.stringify({ ...auctionSummary(row, nameOf), stagger: row.stagger });
    return `${head.slice(0, -1)},"lots":[${shown.join(',')}]}`;
  }
}

function matcher({ state, title }: AuctionsQuery): (row: AuctionRow) => boolean {
  const wanted = title?.toLowerCase();
  return (row) =>
    (state === undefined || row.phase === state) && (wanted === undefined || row.title.toLowerCase().includes(wanted));
}

const auctionSummary = (row: AuctionRow, nameOf: AliasOf): AuctionSummary => ({
  auctionId: row.auctionId,
  title: row.title,
  state: row.phase,
  currency: row.currency,
  opensAt: toIsoOrNull(row.opensAt),
  closesAt: toIsoOrNull(row.closesAt),
  lotCount: row.lotCount,
  results:
    row.results?.map((each) => ({ ...each, winnerId: each.winnerId && nameOf(each.winnerId, row.auctionId) })) ?? null,
  position: row.position,
});
