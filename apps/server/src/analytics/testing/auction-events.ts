import fc, { type Arbitrary } from 'fast-check';
import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import { publicEventOf } from '#contracts/public-events/public-event-of.js';
import type { EventToAppend } from '#event-store/event-store.js';
import { uuidV5 } from '#platform/uuid.js';
import { lotTerms } from '#testing/lot-builders.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';

const metadata = { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'test' };
export const auctionIds = [1, 2, 3].map((n) => uuidV5(`auction ${n}`));

/** One step of a small history: what happens, in which auction, and how much later than the one before. */
export interface Step {
  readonly what: 'bid' | 'extended' | 'bought' | 'bought-out' | 'sold' | 'passed' | 'withdrawn' | 'late';
  readonly auction: number;
  readonly amount: number;
  readonly laterMs: number;
}

export const steps: Arbitrary<Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom<Step['what'][]>(
      'bid',
      'extended',
      'bought',
      'bought-out',
      'sold',
      'passed',
      'withdrawn',
      'late',
    ),
    auction: fc.integer({ min: 0, max: 2 }),
    amount: fc.integer({ min: 1, max: 999 }),
    // Clocks are set back, too.
    laterMs: fc.integer({ min: -90_000, max: 4_000_000 }),
  }),
  { minLength: 1, maxLength: 40 },
);

const bid = { bidderId: 'ada', bidPolicy: 'open', acceptedAt: 3, outcome: 'leading', sequence: 1 };

function eventsOf({ what, auction, amount }: Step, n: number): [type: string, data: object][] {
  const own = { auctionId: auctionIds[auction], lotId: uuidV5(`lot ${n}`) };
  const buyNow = (quantity: number) => ({ price: amount, quantity, limitPerBuyer: null, policy: 'until-reserve' });
  const listed = (quantity: number): [string, object] => [
    'LotListed',
    { ...own, ordinal: 1, terms: { ...lotTerms(), buyNow: buyNow(quantity) }, extendsAsGroup: false },
  ];
  const bought = (quantity: number, available: number): [string, object] => [
    'ItemBought',
    { ...own, purchaseId: uuidV5(`purchase ${n}`), buyerId: 'bob', quantity, price: amount, available, boughtAt: 1 },
  ];
  switch (what) {
    case 'bid':
      return [['BidPlaced', { ...own, ...bid, bidId: uuidV5(`bid ${n}`), amount, price: amount }]];
    case 'extended':
      return [['BiddingExtended', { ...own, closesAt: 1 }]];
    case 'bought':
      return [
        listed(3),
        bought(2, 1),
        bought(1, 0),
        ['LotSold', { ...own, winnerId: null, amount: null, bidId: null }],
      ];
    case 'bought-out':
      return [listed(1), bought(1, 0), ['LotSold', { ...own, winnerId: 'bob', amount, bidId: null }]];
    case 'sold':
      return [['LotSold', { ...own, winnerId: 'ada', amount, bidId: uuidV5(`bid ${n}`) }]];
    case 'passed':
      return [['LotPassed', { ...own, reason: 'no-valid-bid' }]];
    case 'withdrawn':
      return [['LotWithdrawn', { ...own, withdrawnAt: 1 }]];
    case 'late':
      return [['BidArrivedLate', { ...own, ...bid, bidId: uuidV5(`bid ${n}`), amount }]];
  }
}

/** A store in which the steps happened, in three auctions of two currencies. */
export function storeOf(history: readonly Step[]): MemoryEventStore {
  let now = Date.UTC(2026, 1, 27, 23, 50);
  const store = new MemoryEventStore(() => now);
  let n = 0;
  const commit = (type: string, data: object) => {
    n += 1;
    const event: EventToAppend = { id: uuidV5(`event ${n}`), type, version: 1, data, metadata };
    store.commit(`stream-${n}`, 'no-stream', [event]);
  };
  for (const [i, auctionId] of auctionIds.entries()) {
    const terms = {
      title: 'An auction',
      currency: i === 2 ? 'JPY' : 'EUR',
      opensAt: null,
      closesAt: null,
      stagger: null,
    };
    commit('AuctionCreated', { auctionId, ...terms, createdAt: 1 });
  }
  for (const [i, step] of history.entries()) {
    for (const [type, data] of eventsOf(step, i)) {
      now += step.laterMs;
      commit(type, data);
    }
  }
  return store;
}

export interface Placed {
  readonly event: PublicEvent;
  readonly position: string;
}

/** What is public of a store, as Kafka has it. */
export async function publicEventsOf(store: MemoryEventStore): Promise<Placed[]> {
  const stored = await store.readAll(null, 1_000);
  return stored.flatMap((one) => {
    const event = publicEventOf(one, () => 'bidder-aaaaaaaaaaaaaaaaaaaaaa');
    return event === null ? [] : [{ event, position: one.position }];
  });
}
