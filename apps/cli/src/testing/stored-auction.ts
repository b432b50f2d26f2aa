import { type LotCommand, lotDecider } from '#auction/lot/lot-decider.js';
import { currentVersion, type GavelEvent } from '#contracts/events/catalogue.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { auctionStream, keyStream, lotStream, vehicleStream } from '#contracts/ids.js';
import type { LotTerms } from '#contracts/terms.js';
import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import { eventId } from '#event-store/event-id.js';
import type { EventStore } from '#event-store/event-store.js';
import { auctionId, id, lotId, lotTerms, OPENS, placeBid } from '#testing/lot-builders.js';

const keyId = id(3);
const VIN = 'WVWZZZ1JZXW000001';

/** The streams of `storeAuction`. */
export const streams = {
  auction: auctionStream(auctionId),
  lot: lotStream(lotId),
  vehicle: vehicleStream(VIN),
  key: keyStream(keyId),
};

export const DIGEST = 'deadbeef'.repeat(8);
/** When the first event is recorded; each one behind it a second later. */
export const FIRST_RECORDED = OPENS;

/** Opens a store whose every event is recorded a second behind the one before. */
export function openTicking(dataDir: string): Promise<EventStore> {
  let at = FIRST_RECORDED - 1_000;
  return openEmbeddedStore({ directory: dataDir, now: () => (at += 1_000) });
}

/** Appends events to a stream of so many events, in one commit. */
export async function append(
  store: EventStore,
  stream: string,
  length: number,
  events: readonly (GavelEvent | RawEvent)[],
): Promise<void> {
  const commandId = id(1_000_000 + length);
  const metadata = { commandId, correlationId: commandId, causationId: commandId, actor: 'system' };
  const toAppend = events.map((event, index) => ({
    id: eventId(stream, commandId, index),
    type: event.type,
    version: 'version' in event ? event.version : currentVersion(event.type),
    data: event.data,
    metadata,
  }));
  const result = await store.append(stream, length === 0 ? 'no-stream' : length - 1, toAppend);
  if (result.outcome !== 'appended') throw new Error(`${stream} ends at ${result.actual}`);
}

/** An event that no Gavel would write. */
export interface RawEvent {
  readonly type: string;
  readonly version: number;
  readonly data: object;
}

type Bid = readonly [bidder: string, amount: number];

/** What a lot's stream holds after the bids and the close. */
export function lotEvents(terms: LotTerms, bids: readonly Bid[]): LotEvent[] {
  let state = lotDecider.initial;
  const run = (command: LotCommand): readonly LotEvent[] => {
    const decision = lotDecider.decide(command, state);
    if (decision.kind !== 'accepted') throw new Error(`${command.type} is ${decision.kind}`);
    state = decision.events.reduce(lotDecider.evolve, state);
    return decision.events;
  };
  return [
    ...run({ type: 'ListLot', lotId, auctionId, ordinal: 1, terms, extendsAsGroup: false }),
    ...run({ type: 'OpenLot', at: OPENS }),
    ...bids.flatMap(([bidder, amount]) => run(placeBid(bidder, amount))),
    ...run({ type: 'CloseLot', reason: 'auctioneer', at: OPENS + 60_000 }),
  ];
}

/**
 * One auction with one lot under `proxy` (from 10.00, reserve 15.00), which closes after the bids, and one key. Recorded in the
 * order key, vehicle, auction, lot: one commit and one second each, the lot's events one commit each.
 */
export async function storeAuction(dataDir: string, bids: readonly Bid[]): Promise<void> {
  const store = await openTicking(dataDir);
  await storeAuctionIn(store, bids);
  await store.close();
}

/** The same in a store that is open, with the times of that store. */
export async function storeAuctionIn(store: EventStore, bids: readonly Bid[]): Promise<void> {
  const vehicle = { vin: VIN, make: 'VW', model: 'Golf', year: 1999, mileage: 120_000 };
  const terms = lotTerms({ bidPolicy: 'proxy', closesAt: null, reserve: 1_500, vehicle });
  const { currency, ...offer } = terms;
  const key = { keyId, role: 'bidder' as const, subject: 'ada', digest: DIGEST, auctionIds: null };
  const auction = { auctionId, title: 'Cars', currency, opensAt: null, closesAt: null, stagger: null };
  await append(store, streams.key, 0, [{ type: 'KeyIssued', data: key }]);
  await append(store, streams.vehicle, 0, [
    { type: 'VehicleClaimed', data: { vin: VIN, lotId, auctionId, offer, ifRevisions: null } },
  ]);
  await append(store, streams.auction, 0, [
    { type: 'AuctionCreated', data: { ...auction, createdAt: OPENS } },
    { type: 'LotAdded', data: { auctionId, lotId, ordinal: 1, terms } },
    { type: 'AuctionStarted', data: { auctionId, startedAt: OPENS } },
  ]);
  for (const [revision, event] of lotEvents(terms, bids).entries()) await append(store, streams.lot, revision, [event]);
}
