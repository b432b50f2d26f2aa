import Type, { type Static } from 'typebox';
import { AuctionId, BidId, Id, LotId, Subject } from '../ids.js';
import { Literals } from '../literals.js';
import { Money, PositiveMoney } from '../money.js';
import { scalarOrNull } from '../null-or.js';
import { BidPolicy, LotTerms } from '../terms.js';
import { EpochMs } from '../time.js';
import { defineEvent, type EventOf } from './define-event.js';

const lot = { lotId: LotId, auctionId: AuctionId };

/** What a bid did to the lot when it was recorded; a bid is never refused for its amount. */
export const bidOutcomes = [
  'leading',
  'not-highest',
  'outbid',
  'maximum-raised',
  'below-minimum',
  'own-maximum-not-raised',
] as const;
export const BidOutcome = Literals(bidOutcomes, {
  description:
    'leading: it is the highest. not-highest (open): not above the highest. outbid (proxy): the maximum of the leader was ' +
    'at least as high. maximum-raised (proxy): the leader raised their own maximum. below-minimum and ' +
    'own-maximum-not-raised (proxy): recorded, changes nothing.',
});
export type BidOutcome = Static<typeof BidOutcome>;

export const LotListed = defineEvent({
  type: 'LotListed',
  stream: 'lot',
  meaning: 'A lot exists, with the terms that decide its outcome, frozen.',
  data: {
    ...lot,
    ordinal: Type.Integer({ minimum: 1, description: 'Place in the auction, from 1' }),
    terms: LotTerms,
    extendsAsGroup: Type.Boolean({
      description: 'An extension of one lot of the auction moves all open ones (rule S4)',
    }),
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
  meaning:
    'A bid was recorded, whatever its amount. Under `proxy` the amount is the hidden maximum: it never leaves Gavel (rule P5).',
  data: {
    ...lot,
    bidId: BidId,
    bidderId: Subject,
    amount: PositiveMoney,
    /** The lot's: tells whether the amount may be shown without reading the lot's terms. */
    bidPolicy: BidPolicy,
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
    byMs: Type.Integer({ minimum: 1, description: 'How much later than before, milliseconds' }),
    extension: Type.Integer({ minimum: 0, description: 'How often bids for this lot have extended it' }),
    cause: Literals(['bid', 'group'], {
      description: 'A bid for this lot, or the extension of another one of its group',
    }),
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
    quantity: Type.Integer({ minimum: 1, description: 'Units bought' }),
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

export const CloseReason = Literals(['time', 'auctioneer', 'auction-ended', 'bought'], {
  description: 'time: the effective end was reached. bought: a purchase beside bidding.',
});
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
  data: {
    ...lot,
    reason: Literals(['no-valid-bid', 'reserve-not-met', 'nothing-bought'], { description: 'Why there is no winner' }),
  },
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
