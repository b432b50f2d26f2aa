import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { BidView, LotParams, MyBidView } from '#contracts/http/lots.js';
import { DEFAULT_PAGE, type Page, PageOf, PageQuery } from '#contracts/http/pages.js';
import { AtLeastQuery } from '#contracts/http/position.js';
import type { AliasOf } from '#contracts/public-events/public-event-of.js';
import { toIso } from '#contracts/time.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { Slots } from '#platform/slots.js';
import { ReadModels } from '#read-models/read-models.js';
import { bidderBids, lotBids } from '#read-models/row-keys.js';
import { isPlaced, type LotRow, type PlacedBidRow } from '#read-models/rows.js';
import { isInScope } from '../auth/principal.js';
import { callerGone } from '../http/caller-gone.js';
import { principalOf } from '../http/command-context.js';
import { notFound } from '../http/problems.js';
import { Route, type RouteRequest } from '../http/route.js';
import { Visibility } from '../http/visibility.js';
import { BidSpool } from '../spool/bid-spool.js';
import { amountsOf, bidState, type OwnBid, spooledBidsOf } from './bid-state.js';
import { cursorForms, cursorOf, keyBehind } from './list-cursor.js';
import { lotViewState } from './lot-view.js';
import { pageOf } from './page-of.js';
import { namesFor } from './shown-names.js';
import { isValid, validBids } from './valid-bids.js';

/** Searches for valid bids that run at a time: each has its share of every turn of the event loop. */
const SEARCHES_AT_ONCE = 2;
const ofLot = {
  params: LotParams,
  query: Type.Object(
    { ...PageQuery.properties, ...AtLeastQuery.properties, valid: Type.Optional(Type.Boolean()) },
    { additionalProperties: false },
  ),
};
const mine = {
  query: Type.Object({ ...PageQuery.properties, ...AtLeastQuery.properties }, { additionalProperties: false }),
};

@Controller()
export class BidQueriesController {
  private readonly searches = new Slots(SEARCHES_AT_ONCE);

  constructor(
    private readonly readModels: ReadModels,
    private readonly visibility: Visibility,
    private readonly spool: BidSpool,
    private readonly aliases: BidderAliases,
  ) {}

  @Get('api/lots/:lotId/bids')
  @Route({
    ...ofLot,
    access: 'any',
    tag: 'Lots',
    summary: 'The recorded bids of a lot by sequence, or the valid ones',
    answers: { 200: PageOf(BidView) },
    problems: [404],
  })
  async bidsOfLot(
    @Req() request: RouteRequest<typeof ofLot>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<BidView>> {
    const { lotId } = request.params;
    const { limit = DEFAULT_PAGE, cursor, valid = false, atLeast } = request.query;
    const lot = (await this.visibility.reach(this.readModels.lots, atLeast)).get(lotId);
    if (lot === null || !isInScope(principalOf(request), lot.lot.auctionId)) throw notFound('lot');
    const bids = await this.visibility.reach(this.readModels.bids, atLeast);
    const proxy = lot.lot.terms.bidPolicy === 'proxy';
    const nameOf = namesFor(principalOf(request), this.aliases);
    const prefix = lotBids(lotId);
    const after = keyBehind(prefix, cursor, cursorForms.number);
    const view = (row: PlacedBidRow) => bidView(row, proxy, nameOf);
    if (!valid) {
      const rows = bids.scan({ prefix, limit: limit + 1, ...(after !== undefined && { after }) });
      const placed = rows.flatMap(({ key, row }) => (isPlaced(row) ? [{ key, row }] : []));
      return pageOf(placed, limit, view);
    }
    const signal = callerGone(reply);
    const { found, last } = await this.searches.run(() => validBids(bids, { prefix, after, limit, signal }));
    return { items: found.map(({ row }) => view(row)), nextCursor: last === null ? null : cursorOf(last) };
  }

  @Get('api/me/bids')
  @Route({
    ...mine,
    access: 'bidder',
    tag: 'Lots',
    summary: "The caller's bids, newest first, and their standing now",
    answers: { 200: PageOf(MyBidView) },
  })
  async myBids(@Req() request: RouteRequest<typeof mine>): Promise<Page<MyBidView>> {
    const { limit = DEFAULT_PAGE, cursor, atLeast } = request.query;
    const { subject } = principalOf(request);
    const prefix = bidderBids(subject);
    const after = keyBehind(prefix, cursor, cursorForms.number);
    const bids = await this.visibility.reach(this.readModels.bids, atLeast);
    const lots = await this.visibility.reach(this.readModels.lots, atLeast);
    const spooled = spooledBidsOf(this.spool, this.readModels.bids, subject);
    const found: { key: string; row: OwnBid }[] = spooled.filter(({ key }) => after === undefined || key < after);
    const left = limit + 1 - found.length;
    if (left > 0) {
      found.push(...bids.scan({ prefix, limit: left, descending: true, ...(after !== undefined && { after }) }));
    }
    return pageOf(found, limit, (row) => myBidView(row, lots.get(row.lotId), subject));
  }
}

const bidView = (row: PlacedBidRow, proxy: boolean, nameOf: AliasOf): BidView => ({
  bidId: row.bidId,
  bidderId: nameOf(row.bidderId, row.auctionId),
  amount: proxy ? row.price : row.amount,
  sequence: row.sequence,
  outcome: row.outcome,
  valid: isValid(row),
  placedAt: toIso(row.acceptedAt),
});

function myBidView(row: OwnBid, lotRow: LotRow | null, subject: string): MyBidView {
  const lot = lotRow?.lot;
  const leads = lot?.leader?.bidderId === subject;
  const won = lot?.phase === 'sold' && lot.winner?.winnerId === subject;
  const over = lot?.phase === 'sold' || lot?.phase === 'passed' || lot?.phase === 'withdrawn';
  return {
    bidId: row.bidId,
    lotId: row.lotId,
    auctionId: row.auctionId,
    ...amountsOf(row, lotRow?.lot ?? null, true),
    sequence: row.sequence,
    outcome: row.outcome,
    state: bidState(row),
    ...(row.reason !== undefined && { reason: row.reason }),
    standing: won ? 'won' : over ? 'lost' : leads ? 'leading' : 'outbid',
    lotState: lot === undefined ? 'open' : lotViewState(lot),
    currentPrice: lot?.price ?? null,
    placedAt: toIso(row.acceptedAt),
  };
}
