import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { type JsonSchema, valuesOf } from '#testing/schema-arbitrary.js';
import { catalogue, definitionOf, type EventType, type GavelEvent, upcast } from '../events/catalogue.js';
import type { EventDefinition } from '../events/define-event.js';
import { type PublicEvent, publicDefinitions } from './public-catalogue.js';
import { type AliasOf, publicEventOf, publishedTypes } from './public-event-of.js';

const eventId = '018f0000-0000-7000-8000-000000000001';
const auctionId = '018f0000-0000-7000-8000-00000000000a';
const lotId = '018f0000-0000-7000-8000-00000000000b';
const bidId = '018f0000-0000-7000-8000-00000000000c';
const recordedAt = Date.UTC(2026, 2, 1, 12);
const aliasOf: AliasOf = (bidderId, auction) => `alias of ${bidderId} in ${auction}`;
const ada = `alias of ada in ${auctionId}`;

/** What the stored event becomes, but for the envelope around it. */
function payload<T extends EventType>(type: T, data: EventNamed<T>['data']) {
  const event = publicEventOf({ id: eventId, type, data, recordedAt }, aliasOf);
  const envelope = { eventId, eventType: type, auctionId, timestamp: '2026-03-01T12:00:00.000Z' };
  expect(event).toEqual({ ...envelope, payload: expect.anything() });
  return event?.payload;
}
type EventNamed<T extends EventType> = Extract<GavelEvent, { readonly type: T }>;

describe('a bid as partners see it', () => {
  const placed = { lotId, auctionId, bidId, bidderId: 'ada', sequence: 7, acceptedAt: 1 };

  it('shows under `open` what was bid, also when it is not the highest', () => {
    expect(
      payload('BidPlaced', { ...placed, bidPolicy: 'open', amount: 300, outcome: 'not-highest', price: 500 }),
    ).toEqual({
      lotId,
      bidderId: ada,
      amount: 300,
      sequence: 7,
      isCurrentlyHighest: false,
      currentHighestBid: 500,
    });
  });

  it.each([
    ['leading', 550, true],
    ['maximum-raised', 550, true],
    ['outbid', 950, false],
    ['own-maximum-not-raised', 550, false],
    ['below-minimum', 550, false],
    ['below-minimum', null, false],
  ] as const)('shows under `proxy` the price and never the maximum: %s at %s', (outcome, price, leads) => {
    expect(payload('BidPlaced', { ...placed, bidPolicy: 'proxy', amount: 77_777, outcome, price })).toEqual({
      lotId,
      bidderId: ada,
      amount: price,
      sequence: 7,
      isCurrentlyHighest: leads,
      currentHighestBid: price,
    });
  });
});

describe('the end of an auction as partners see it', () => {
  const sold = { lotId, state: 'sold', winnerId: 'ada', amount: 700, bidId } as const;
  const passed = { lotId: bidId, state: 'passed', winnerId: null, amount: null, bidId: null } as const;
  const soldShown = { lotId, state: 'sold', winnerId: ada, amount: 700 };

  it('names the winner of an auction of one lot', () => {
    expect(payload('AuctionEnded', { auctionId, endedAt: 1, results: [sold] })).toEqual({
      winnerId: ada,
      finalAmount: 700,
      results: [soldShown],
    });
  });

  it('leaves winnerId and finalAmount null where there are several lots, or none', () => {
    expect(payload('AuctionEnded', { auctionId, endedAt: 1, results: [sold, passed] })).toEqual({
      winnerId: null,
      finalAmount: null,
      results: [soldShown, { lotId: bidId, state: 'passed', winnerId: null, amount: null }],
    });
    expect(payload('AuctionEnded', { auctionId, endedAt: 1, results: [] })).toEqual({
      winnerId: null,
      finalAmount: null,
      results: [],
    });
  });
});

describe('the mapping', () => {
  it.each(catalogue)('makes of any $type what the public schema says, no field more, or nothing', (definition) => {
    const { type, schema } = definition as unknown as EventDefinition;
    fc.assert(
      fc.property(valuesOf(inOurTimes(schema)), (data) => {
        const event = publicEventOf({ id: eventId, type, data: data as object, recordedAt }, () => ALIAS);
        expect(event !== null).toBe((publishedTypes as readonly string[]).includes(type));
        if (event !== null) expect(faults(event)).toEqual([]);
      }),
    );
  });
});

/** ISO 8601 has four digits for the year, and so have the times that the HTTP interface takes. */
const inOurTimes = (schema: object): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('8640000000000000', String(Date.UTC(9999, 11, 31))));

const ALIAS = `bidder-${'a'.repeat(22)}`;
const closed = (schema: object): object =>
  JSON.parse(JSON.stringify(schema), (_, value) =>
    value?.properties === undefined ? value : { ...value, additionalProperties: false },
  );
const checks = new Map(publicDefinitions.map(({ type, schema }) => [type, Compile(closed(schema) as typeof schema)]));
const faults = (event: PublicEvent) => checks.get(event.eventType)?.Errors(event);

/*
 * Canaries: every stored field that must not leave is filled with a value that occurs nowhere else, and what comes out is searched
 * for it. A field of a stored event that this list does not know is a canary too: whoever adds one says here that it may leave.
 */
const MAY_LEAVE: Readonly<Record<string, readonly string[]>> = {
  AuctionCreated: ['auctionId', 'title', 'currency', 'opensAt', 'closesAt'],
  LotListed: [
    ...['lotId', 'auctionId', 'ordinal', 'terms.title', 'terms.startingBid', 'terms.bidPolicy', 'terms.currency'],
    ...['terms.closesAt', 'terms.buyNow.price', 'terms.buyNow.quantity', 'terms.vehicle.vin', 'terms.vehicle.make'],
    ...['terms.vehicle.model', 'terms.vehicle.year', 'terms.vehicle.mileage'],
  ],
  AuctionStarted: ['auctionId'],
  BidPlaced: ['lotId', 'auctionId', 'bidPolicy', 'sequence', 'outcome', 'price'],
  BiddingExtended: ['lotId', 'auctionId', 'closesAt', 'cause'],
  ItemBought: ['lotId', 'auctionId', 'quantity', 'price', 'available'],
  OutOfStock: ['lotId', 'auctionId'],
  LotSold: ['lotId', 'auctionId', 'amount'],
  LotPassed: ['lotId', 'auctionId', 'reason'],
  LotWithdrawn: ['lotId', 'auctionId'],
  AuctionEnded: ['auctionId', 'results.lotId', 'results.state', 'results.amount'],
  AuctionCancelled: ['auctionId'],
};

/** A copy in which every text and number outside of `mayLeave` is a canary. */
function plant(value: unknown, mayLeave: readonly string[], canaries: string[], path = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => plant(item, mayLeave, canaries, path));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, inner]) => {
      const here = path === '' ? name : `${path}.${name}`;
      return [name, plant(inner, mayLeave, canaries, here)];
    });
    return Object.fromEntries(entries);
  }
  if (mayLeave.includes(path) || (typeof value !== 'string' && typeof value !== 'number')) return value;
  const canary = 880_000_000_000 + canaries.length * 7 + 3;
  canaries.push(String(canary));
  return typeof value === 'number' ? canary : `canary-${canary}`;
}

const samples = readdirSync(new URL('../../../../../libs/contracts/samples/', import.meta.url)).map((file) => {
  const [, type = '', version] = /^([A-Za-z]+)\.v(\d+)/.exec(file) ?? [];
  const text = readFileSync(new URL(`../../../../../libs/contracts/samples/${file}`, import.meta.url), 'utf8');
  return { file, event: upcast(type, Number(version), JSON.parse(text)) };
});

describe('what must not leave', () => {
  /** Nothing of the canaries, and of people nothing but what `aliasOf` made. */
  function expectNoneLeaves(type: string, data: unknown, bidPolicy?: string) {
    const canaries: string[] = [];
    const open = bidPolicy === 'open' ? ['amount'] : [];
    const planted = plant(data, [...(MAY_LEAVE[type] ?? []), ...open], canaries) as object;
    const stored = { id: eventId, type, data: planted, recordedAt, metadata: { actor: 'canary-actor' } };
    const text = JSON.stringify(publicEventOf({ ...stored }, () => ALIAS));
    expect([...canaries, 'canary'].filter((canary) => text.includes(canary))).toEqual([]);
    return canaries.length;
  }

  it.each(samples)('stays inside: $file', ({ event }) => {
    const policy = event.type === 'BidPlaced' ? event.data.bidPolicy : undefined;
    expectNoneLeaves(event.type, event.data, policy);
  });

  it.each(catalogue)('stays inside, whatever a $type holds', (definition) => {
    const { type, schema } = definition as unknown as EventDefinition;
    fc.assert(
      fc.property(valuesOf(schema as JsonSchema), (data) => {
        expectNoneLeaves(type, data, (data as { bidPolicy?: string }).bidPolicy);
      }),
    );
  });

  it('is looked for in earnest: reserves, maxima, bands, subjects and digests are canaries', () => {
    const planted = samples.map(({ file, event }) => [file, expectNoneLeaves(event.type, event.data)] as const);
    const few = new Map(planted);
    expect(few.get('LotListed.v1.json')).toBeGreaterThan(3);
    expect(few.get('BidPlaced.v1.json')).toBe(4);
    expect(few.get('KeyIssued.v1.json')).toBe(4);
    expect(few.get('ReserveLowered.v1.json')).toBe(3);
  });

  it('cannot be forgotten for a type: every stored one has a definition here', () => {
    for (const type of Object.keys(MAY_LEAVE)) expect(definitionOf(type).type).toBe(type);
    expect(Object.keys(MAY_LEAVE).sort()).toEqual([...publishedTypes].sort());
  });
});
