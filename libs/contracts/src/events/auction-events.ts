import Type, { type Static } from 'typebox';
import { AuctionId, BidId, LotId, Subject } from '../ids.js';
import { Literals } from '../literals.js';
import { Money } from '../money.js';
import { nullOr, scalarOrNull } from '../null-or.js';
import { LotTerms } from '../terms.js';
import { EpochMs } from '../time.js';
import { defineEvent, type EventOf } from './define-event.js';

const auction = { auctionId: AuctionId };

/** Lots close one after the other: lot k (from 1) ends (k - 1) * stepSeconds after the auction's closesAt (rule S4). */
export const Stagger = Type.Object(
  {
    stepSeconds: Type.Integer({ minimum: 1, maximum: 86_400, description: 'From the end of one lot to the next' }),
    group: Type.Optional(Type.Boolean({ description: 'An extension of one lot moves all the open lots' })),
  },
  { additionalProperties: false },
);
export type Stagger = Static<typeof Stagger>;

/** How a lot ended. */
export const LotResult = Type.Object(
  {
    lotId: LotId,
    state: Literals(['sold', 'passed', 'withdrawn'], { description: 'passed: closed without a winner' }),
    winnerId: scalarOrNull(Subject),
    amount: scalarOrNull(Money),
    bidId: scalarOrNull(BidId),
  },
  { additionalProperties: false },
);
export type LotResult = Static<typeof LotResult>;

export const AuctionCreated = defineEvent({
  type: 'AuctionCreated',
  stream: 'auction',
  meaning: 'An auction exists; it takes lots.',
  data: {
    ...auction,
    title: Type.String({ minLength: 1, maxLength: 300, description: 'What the auction is called' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
    opensAt: scalarOrNull(EpochMs),
    closesAt: scalarOrNull(EpochMs),
    stagger: nullOr(Stagger),
    createdAt: EpochMs,
  },
});

export const LotAdded = defineEvent({
  type: 'LotAdded',
  stream: 'auction',
  meaning: 'The decision to add a lot; LotListed follows in the stream of the lot.',
  data: {
    ...auction,
    lotId: LotId,
    ordinal: Type.Integer({ minimum: 1, description: 'Place in the auction, from 1' }),
    terms: LotTerms,
  },
});

export const AuctionStarted = defineEvent({
  type: 'AuctionStarted',
  stream: 'auction',
  meaning: 'The decision to start; LotOpened follows in the stream of each lot.',
  data: { ...auction, startedAt: EpochMs },
});

export const LotSettled = defineEvent({
  type: 'LotSettled',
  stream: 'auction',
  meaning: 'The result of a lot reached its auction.',
  data: { ...auction, result: LotResult },
});

export const AuctionEnding = defineEvent({
  type: 'AuctionEnding',
  stream: 'auction',
  meaning: 'The decision to end; every lot that is still open closes.',
  data: { ...auction, endingAt: EpochMs },
});

export const AuctionEnded = defineEvent({
  type: 'AuctionEnded',
  stream: 'auction',
  meaning: 'Every lot is settled; the results are final.',
  data: { ...auction, endedAt: EpochMs, results: Type.Array(LotResult, { description: 'In the order of the lots' }) },
});

export const AuctionCancelled = defineEvent({
  type: 'AuctionCancelled',
  stream: 'auction',
  meaning: 'The auction was called off; its lots that are not settled are withdrawn.',
  data: { ...auction, cancelledAt: EpochMs },
});

export const auctionEvents = [
  AuctionCreated,
  LotAdded,
  AuctionStarted,
  LotSettled,
  AuctionEnding,
  AuctionEnded,
  AuctionCancelled,
] as const;
export type AuctionEvent = EventOf<(typeof auctionEvents)[number]>;
