import type { AddLot } from '#auction/auction/add-lot.js';
import type { CreateAuction } from '#auction/auction/create-auction.js';
import type { AuctionCreated, AuctionEvent, LotResult } from '#contracts/events/auction-events.js';
import type { EventOf } from '#contracts/events/define-event.js';
import type { LotOffer, LotTerms } from '#contracts/terms.js';
import { auctionId, CLOSES, id, lotTerms, OPENS } from './lot-builders.js';

/** Before the auction starts. */
export const CREATED = OPENS - 1_000;

/** The nth lot of an auction. */
export const nthLot = (n: number): string => id(1_000 + n);

type Created = EventOf<typeof AuctionCreated>['data'];
const auction = (changes: Partial<Created>) => ({
  auctionId,
  title: 'Watches',
  currency: 'EUR',
  opensAt: null,
  closesAt: CLOSES,
  stagger: null,
  ...changes,
});

export const createAuction = (changes: Partial<Created> = {}): CreateAuction => ({
  type: 'CreateAuction',
  ...auction(changes),
  at: CREATED,
});

export const auctionCreated = (changes: Partial<Created> = {}): AuctionEvent => ({
  type: 'AuctionCreated',
  data: { ...auction(changes), createdAt: CREATED },
});

/** An offer that leaves the end to its auction. */
export const lotOffer = (changes: Partial<LotOffer> = {}): LotOffer => {
  const { currency: _, ...offer } = lotTerms({ closesAt: null, ...changes });
  return offer;
};

export const addLot = (n: number, offer: Partial<LotOffer> = {}): AddLot => ({
  type: 'AddLot',
  lotId: nthLot(n),
  offer: lotOffer(offer),
  at: CREATED,
});

export const lotAdded = (n: number, terms: Partial<LotTerms> = {}): AuctionEvent => ({
  type: 'LotAdded',
  data: { auctionId, lotId: nthLot(n), ordinal: n, terms: lotTerms(terms) },
});

export const auctionStarted = (startedAt = OPENS): AuctionEvent => ({
  type: 'AuctionStarted',
  data: { auctionId, startedAt },
});

export const soldTo = (n: number, winnerId: string, amount: number): LotResult => ({
  lotId: nthLot(n),
  state: 'sold',
  winnerId,
  amount,
  bidId: id(2_000 + n),
});

export const without = (n: number, state: 'passed' | 'withdrawn'): LotResult => ({
  lotId: nthLot(n),
  state,
  winnerId: null,
  amount: null,
  bidId: null,
});

export const lotSettled = (result: LotResult): AuctionEvent => ({ type: 'LotSettled', data: { auctionId, result } });

export const auctionEnding = (endingAt: number): AuctionEvent => ({
  type: 'AuctionEnding',
  data: { auctionId, endingAt },
});

export const auctionEnded = (endedAt: number, results: LotResult[]): AuctionEvent => ({
  type: 'AuctionEnded',
  data: { auctionId, endedAt, results },
});

export const auctionCancelled = (cancelledAt: number): AuctionEvent => ({
  type: 'AuctionCancelled',
  data: { auctionId, cancelledAt },
});
