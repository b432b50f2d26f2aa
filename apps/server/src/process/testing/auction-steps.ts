import { incrementPresets } from '#auction/lot/increments.js';
import type { LotOffer } from '#contracts/terms.js';
import { type EventStore, StoreUnavailable } from '#event-store/event-store.js';
import { SystemClock } from '#platform/clock.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { AuctionWriter, LotWriter, VehicleWriter } from '../../writers.js';
import { Carrier } from '../carrier.js';

export const AUCTION = '01890000-0000-7000-8000-0000000000a0';
export const LOTS = ['01890000-0000-7000-8000-0000000000b1', '01890000-0000-7000-8000-0000000000b2'];
export const VIN = '1HGCM82633A004352';
export const offer = (vin: string | null): LotOffer => ({
  title: 'A lot',
  startingBid: 100,
  bidPolicy: 'open',
  increments: [...incrementPresets.ebay],
  reserve: null,
  softClose: null,
  closesAt: null,
  buyNow: null,
  vehicle: vin === null ? null : { vin, make: 'Honda', model: 'Accord', year: 2003, mileage: 120_000 },
});

/** What one process has, on a store that outlives it. */
export function processOn(store: EventStore) {
  const [auctions, lots, vehicles] = [new AuctionWriter(store), new LotWriter(store), new VehicleWriter(store)];
  return { auctions, lots, vehicles, carrier: new Carrier(auctions, lots, vehicles, store, new SystemClock()) };
}

/** The store as seen by a process that is killed behind its append number `last`: then nothing gets through any more. */
export function dyingBehind(store: MemoryEventStore, last: number): EventStore & { died: boolean } {
  let appends = 0;
  const view = Object.create(store) as EventStore & { died: boolean };
  view.died = false;
  view.append = async (...append) => {
    appends += 1;
    view.died = appends > last;
    if (view.died) throw new StoreUnavailable('the process is dead', false);
    return store.append(...append);
  };
  return view;
}

let commands = 0;
export const context = () => {
  commands += 1;
  const id = `01890000-0000-7000-8000-${String(commands).padStart(12, '0')}`;
  return { commandId: id, correlationId: id, causationId: id, actor: 'auctioneer:ann' };
};

const named = { type: 'CreateAuction', auctionId: AUCTION, title: 'x', currency: 'USD', at: 1 } as const;
export const create = { ...named, opensAt: null, closesAt: null, stagger: null };

/** A whole auction: each step decides by one append and carries it on, as the requests do. */
export async function runAuction({ auctions, lots, vehicles, carrier }: ReturnType<typeof processOn>): Promise<void> {
  await auctions.execute(AUCTION, create, context());
  const [car, other] = LOTS as [string, string];
  const claim = { vin: VIN, lotId: car, auctionId: AUCTION, offer: offer(VIN), ifRevisions: null };
  const claiming = context();
  await vehicles.execute(VIN, { type: 'ClaimVehicle', ...claim, at: 1 }, claiming);
  await carrier.completeClaim(claim, claiming);
  await auctions.execute(AUCTION, { type: 'AddLot', lotId: other, offer: offer(null), at: 1 }, context());
  await carrier.carryAddedLots(AUCTION, [other]);
  await auctions.execute(AUCTION, { type: 'StartAuction', at: 2 }, context());
  await carrier.carryAuction(AUCTION);
  const bid = { type: 'PlaceBid', bidId: context().commandId, bidderId: 'ada', amount: 500, acceptedAt: 3 } as const;
  await lots.execute(car, bid, context());
  await auctions.execute(AUCTION, { type: 'EndAuction', reason: 'auctioneer', at: Date.now() }, context());
  await carrier.carryAuction(AUCTION);
}

export const typesOf = async (store: EventStore, stream: string) =>
  (await store.readStream(stream, 0, 100)).map(({ type }) => type);

/** Every stream, as the types of its events. */
export async function outcomeOf(store: EventStore) {
  const streams = [`auction-${AUCTION}`, ...LOTS.map((lotId) => `lot-${lotId}`), `vehicle-${VIN}`];
  return Object.fromEntries(await Promise.all(streams.map(async (name) => [name, await typesOf(store, name)])));
}

const HANDLED =
  /^(VehicleClaimed|LotAdded|Auction(Started|Ending|Cancelled)|BiddingExtended|Lot(Sold|Passed|Withdrawn))$/;

/** Where the last event stands that asks for something in another stream. */
export async function lastHandled(store: EventStore) {
  const handled = (await store.readAll(null, 1_000)).filter(({ type }) => HANDLED.test(type));
  return handled.at(-1)?.position ?? null;
}
