import type { BuyNow } from '#auction/lot/buy-now.js';
import type { CloseLot } from '#auction/lot/close-lot.js';
import { incrementPresets } from '#auction/lot/increments.js';
import type { PlaceBid } from '#auction/lot/place-bid.js';
import type { EventOf } from '#contracts/events/define-event.js';
import type { BidPlaced, LotEvent } from '#contracts/events/lot-events.js';
import type { Money } from '#contracts/money.js';
import type { LotTerms } from '#contracts/terms.js';

/** The nth id: valid, and the same in every run. */
export const id = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export const lotId = id(1);
export const auctionId = id(2);
export const ofLot = { lotId, auctionId };

/** The lot opens here, and closes an hour later. */
export const OPENS = 1_000_000_000;
export const CLOSES = OPENS + 3_600_000;

/** One id per bidder and amount: enough to tell the bids of a test apart. The bidders' initials differ. */
export const bidIdOf = (bidderId: string, amount: Money): string => id(bidderId.charCodeAt(0) * 2 ** 40 + amount);

/** Policy `open`, from 10.00 on, eBay's increments, nothing special; `changes` says what a test is about. */
export const lotTerms = (changes: Partial<LotTerms> = {}): LotTerms => ({
  title: 'A pocket watch',
  currency: 'EUR',
  startingBid: 1_000,
  bidPolicy: 'open',
  increments: incrementPresets.ebay,
  reserve: null,
  softClose: null,
  closesAt: CLOSES,
  buyNow: null,
  vehicle: null,
  ...changes,
});

export const listed = (terms: Partial<LotTerms> = {}, extendsAsGroup = false): LotEvent => ({
  type: 'LotListed',
  data: { ...ofLot, ordinal: 1, terms: lotTerms(terms), extendsAsGroup },
});

/** The history of a lot that takes bids. */
export const opened = (terms: Partial<LotTerms> = {}, extendsAsGroup = false): LotEvent[] => [
  listed(terms, extendsAsGroup),
  { type: 'LotOpened', data: { ...ofLot, openedAt: OPENS, closesAt: lotTerms(terms).closesAt } },
];

export const placeBid = (bidderId: string, amount: Money, acceptedAt = OPENS + 1): PlaceBid => ({
  type: 'PlaceBid',
  bidId: bidIdOf(bidderId, amount),
  bidderId,
  amount,
  acceptedAt,
});

type BidData = EventOf<typeof BidPlaced>['data'];

/** A recorded bid: the lot's first one, leading with its full amount as the price, unless `changes` says otherwise. */
export const bidPlaced = (bidderId: string, amount: Money, changes: Partial<BidData> = {}): LotEvent => ({
  type: 'BidPlaced',
  data: {
    ...ofLot,
    bidId: bidIdOf(bidderId, amount),
    bidderId,
    amount,
    bidPolicy: 'open',
    sequence: 1,
    acceptedAt: OPENS + 1,
    outcome: 'leading',
    price: amount,
    ...changes,
  },
});

/** The same under policy `proxy`: the amount is a hidden maximum. */
export const maximumPlaced = (bidderId: string, maximum: Money, changes: Partial<BidData> = {}): LotEvent =>
  bidPlaced(bidderId, maximum, { bidPolicy: 'proxy', ...changes });

/** The end moved by `byMs` to `closesAt`. */
export const extended = (
  closesAt: number,
  byMs: number,
  extension: number,
  cause: 'bid' | 'group' = 'bid',
): LotEvent => ({
  type: 'BiddingExtended',
  data: { ...ofLot, closesAt, byMs, extension, cause },
});

export const buyNow = (buyerId: string, quantity = 1, at = OPENS + 1): BuyNow => ({
  type: 'BuyNow',
  purchaseId: bidIdOf(buyerId, quantity),
  buyerId,
  quantity,
  at,
});

export const itemBought = (buyerId: string, quantity: number, price: Money, available: number): LotEvent => ({
  type: 'ItemBought',
  data: {
    ...ofLot,
    purchaseId: bidIdOf(buyerId, quantity),
    buyerId,
    quantity,
    price,
    available,
    boughtAt: OPENS + 1,
  },
});

export const outOfStock: LotEvent = { type: 'OutOfStock', data: ofLot };

export const closeAtTheEnd: CloseLot = { type: 'CloseLot', reason: 'time', at: CLOSES };

type CloseReason = Extract<LotEvent, { type: 'LotClosed' }>['data']['reason'];

export const closed = (reason: CloseReason = 'time', closedAt = CLOSES): LotEvent => ({
  type: 'LotClosed',
  data: { ...ofLot, closedAt, reason },
});

export const sold = (winnerId: string | null, amount: Money | null, bidId: string | null): LotEvent => ({
  type: 'LotSold',
  data: { ...ofLot, winnerId, amount, bidId },
});

export const passed = (reason: Extract<LotEvent, { type: 'LotPassed' }>['data']['reason']): LotEvent => ({
  type: 'LotPassed',
  data: { ...ofLot, reason },
});

export const withdrawn = (withdrawnAt = OPENS + 1): LotEvent => ({
  type: 'LotWithdrawn',
  data: { ...ofLot, withdrawnAt },
});
