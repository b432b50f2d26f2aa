import Type, { type Static } from 'typebox';
import { AuctionId, BidId, Id, LotId, Subject } from '../ids.js';
import { Money, PositiveMoney } from '../money.js';
import { scalarOrNull } from '../null-or.js';
import { LotTerms } from '../terms.js';
import { EpochMs } from '../time.js';
import { defineEvent, type EventOf } from './define-event.js';

const lot = { lotId: LotId, auctionId: AuctionId };

/** What a bid did to the lot when it was recorded; a bid is never refused for its amount. */
export const BidOutcome = Type.Union([
  Type.Literal('leading', { description: 'the bid is the highest' }),
  Type.Literal('not-highest', { description: 'open: not above the highest' }),
  Type.Literal('outbid', { description: "proxy: the leader's maximum was at least as high" }),
  Type.Literal('maximum-raised', { description: 'proxy: the leader raised their own maximum' }),
  Type.Literal('below-minimum', { description: 'proxy: below the minimum next bid, changes nothing' }),
  Type.Literal('own-maximum-not-raised', { description: 'proxy: not above their own maximum, changes nothing' }),
]);
export type BidOutcome = Static<typeof BidOutcome>;

export const LotListed = defineEvent({
  type: 'LotListed',
  stream: 'lot',
  meaning: 'A lot exists, with the terms that decide its outcome, frozen.',
  data: {
    ...lot,
    ordinal: Type.Integer({ minimum: 1, description: 'Place in the auction, from 1' }),
    terms: LotTerms,
    /** The auction moves all its open lots together when one of them is extended (rule S4). */
    extendsAsGroup: Type.Boolean(),
  },
});

export const LotOpened = defineEvent({
  type: 'LotOpened',
  stream: 'lot',
  meaning: "The lot takes bids: its auction has started (the lot's copy of AuctionStarted).",
  data: { ...lot, openedAt: EpochMs, closesAt: scalarOrNull(EpochMs) },
});

export const BidPlaced = defineEvent({
  type: 'BidPlaced',
  stream: 'lot',
  meaning: 'A bid was recorded, whatever its amount.',
  data: {
    ...lot,
    bidId: BidId,
    bidderId: Subject,
    /** Under `proxy` the hidden maximum: never leaves Gavel (rule P5). */
    amount: PositiveMoney,
    sequence: Type.Integer({ minimum: 1, description: 'Arrival number in the lot; unique, rising, may have gaps' }),
    acceptedAt: EpochMs,
    outcome: BidOutcome,
    /** The visible price after this bid; null while no bid is valid. */
    price: scalarOrNull(Money),
  },
});

export const BiddingExtended = defineEvent({
  type: 'BiddingExtended',
  stream: 'lot',
  meaning: 'The end moved later: soft close (rule S2), or the group of staggered lots (rule S4).',
  data: {
    ...lot,
    closesAt: EpochMs,
    extension: Type.Integer({ minimum: 1, description: 'How many times this lot has been extended' }),
    cause: Type.Union([Type.Literal('bid'), Type.Literal('group')]),
  },
});

export const ReserveLowered = defineEvent({
  type: 'ReserveLowered',
  stream: 'lot',
  meaning: 'The hidden reserve was lowered while unmet; makes no winner without a new bid.',
  data: { ...lot, reserve: PositiveMoney },
});

export const BidArrivedLate = defineEvent({
  type: 'BidArrivedLate',
  stream: 'lot',
  meaning: 'A bid accepted before the end was stored after LotClosed: recorded, never a winner.',
  data: { ...lot, bidId: BidId, bidderId: Subject, amount: PositiveMoney, acceptedAt: EpochMs, closedAt: EpochMs },
});

export const ItemBought = defineEvent({
  type: 'ItemBought',
  stream: 'lot',
  meaning: 'Units were bought at the fixed price.',
  data: {
    ...lot,
    purchaseId: Id('The purchase'),
    buyerId: Subject,
    quantity: Type.Integer({ minimum: 1 }),
    price: Type.Integer({ minimum: 1, description: 'Of one unit, in minor units' }),
    available: Type.Integer({ minimum: 0, description: 'Units left after this purchase' }),
    boughtAt: EpochMs,
  },
});

export const OutOfStock = defineEvent({
  type: 'OutOfStock',
  stream: 'lot',
  meaning: 'The last unit was bought.',
  data: lot,
});

export const CloseReason = Type.Union([
  Type.Literal('time', { description: 'the effective end was reached' }),
  Type.Literal('auctioneer'),
  Type.Literal('auction-ended'),
  Type.Literal('bought', { description: 'bought now, beside bidding' }),
]);
export type CloseReason = Static<typeof CloseReason>;

export const LotClosed = defineEvent({
  type: 'LotClosed',
  stream: 'lot',
  meaning: 'Bidding is over, exactly once; LotSold or LotPassed stands right behind it.',
  data: { ...lot, closedAt: EpochMs, reason: CloseReason },
});

export const LotSold = defineEvent({
  type: 'LotSold',
  stream: 'lot',
  meaning: 'The lot has a winner; null for a fixed-price lot of several units, whose buyers stand in ItemBought.',
  data: {
    ...lot,
    winnerId: scalarOrNull(Subject),
    amount: scalarOrNull(Money),
    bidId: scalarOrNull(BidId),
  },
});

export const LotPassed = defineEvent({
  type: 'LotPassed',
  stream: 'lot',
  meaning: 'The lot closed without a winner.',
  data: { ...lot, reason: Type.Union([Type.Literal('no-valid-bid'), Type.Literal('reserve-not-met'), Type.Literal('nothing-bought')]) },
});

export const LotWithdrawn = defineEvent({
  type: 'LotWithdrawn',
  stream: 'lot',
  meaning: 'The lot was taken out of the auction before it closed.',
  data: { ...lot, withdrawnAt: EpochMs },
});

export const lotEvents = [
  LotListed,
  LotOpened,
  BidPlaced,
  BiddingExtended,
  ReserveLowered,
  BidArrivedLate,
  ItemBought,
  OutOfStock,
  LotClosed,
  LotSold,
  LotPassed,
  LotWithdrawn,
] as const;
export type LotEvent = EventOf<(typeof lotEvents)[number]>;
