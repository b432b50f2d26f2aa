import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { RecordedEvent } from '#event-store/event-store.js';
import { auctionStarted } from '#testing/auction-builders.js';
import { RowsBehind } from './live-rows.js';
import { MAX_WAITING } from './subscriber.js';
import { CarefulClient } from './testing/careful-client.js';
import { auctionOf, lotOf, Market } from './testing/market.js';

const topics = { lots: [lotOf(2)], auctions: [auctionOf(0)] };
const LOTS = [0, 1, 2];
const SOON_MS = 5_000;

const bidOnAll = (market: Market) => {
  for (const lot of LOTS) market.bid(lot === 2 ? 1 : 0, lot);
};

/** Connects while the members of the auction are not known yet; meanwhile there is a bid on the lot whose snapshot was sent. */
async function subscribed(market: Market, client: CarefulClient): Promise<void> {
  market.bid(0, 0);
  await market.settled();
  client.connect();
  await market.settled();
  market.bid(1, 2);
  await market.settled();
  await market.catchUp();
}

async function current(market: Market, client: CarefulClient): Promise<void> {
  client.connect();
  await market.settled();
  client.read();
}

async function resumed(market: Market, client: CarefulClient): Promise<void> {
  await current(market, client);
  client.disconnect();
  for (let n = 0; n < 3; n += 1) bidOnAll(market);
  client.connect();
}

async function tooFarBehind(market: Market, client: CarefulClient): Promise<void> {
  await current(market, client);
  client.disconnect();
  for (let n = 0; n < MAX_WAITING; n += 1) bidOnAll(market);
  await market.catchUp();
  await subscribed(market, client);
}

/** The state of one lot comes later than those of the others, and than what happened to the auction. */
async function slow(market: Market, client: CarefulClient): Promise<void> {
  await current(market, client);
  client.clog();
  for (let n = 0; n < MAX_WAITING; n += 1) bidOnAll(market);
  market.write(`auction-${auctionOf(0)}`, auctionStarted(), 0);
  await market.settled();
  const snapshot = market.hub.snapshot.bind(market.hub);
  const behind = jest.spyOn(market.hub, 'snapshot').mockImplementation((lotId, reason) => {
    if (lotId === lotOf(1)) throw new RowsBehind('for a moment');
    return snapshot(lotId, reason);
  });
  client.unclog();
  await market.settled();
  behind.mockRestore();
}

/** A market, a client, and what the store holds of a lot. */
async function scene() {
  const market = await Market.open([[0, 1], [2]]);
  // Somebody watches already: the push does not rest.
  market.connect();
  let stored: readonly RecordedEvent[] = [];
  const truth = (lotId: string) =>
    stored.flatMap(({ stream, position }) => (stream === `lot-${lotId}` ? [Number(position)] : []));
  const client = new CarefulClient(market, { format: 'events', topics, truth });
  const refresh = async () => {
    stored = await market.store.readAll(null, 1_000_000);
  };
  const isComplete = () => LOTS.every((lot) => client.known.get(lotOf(lot)) === truth(lotOf(lot)).at(-1));
  return { market, client, refresh, isComplete };
}

/** Lets the client take so many messages of what comes, cuts it off, and connects it again. Answers how many it took. */
async function cutBehind(most: number, setUp: typeof current): Promise<number> {
  const { market, client, refresh, isComplete } = await scene();
  await setUp(market, client);
  await refresh();
  let taken = 0;
  const deadline = performance.now() + SOON_MS;
  while (taken < most && performance.now() < deadline) {
    await market.settled();
    taken += client.read(most - taken);
    if (taken < most) await sleep(20);
  }
  client.disconnect();
  bidOnAll(market);
  await market.catchUp();
  await refresh();
  client.connect();
  while (!isComplete() && performance.now() < deadline) {
    await market.settled();
    client.read();
    if (!isComplete()) await sleep(20);
  }
  expect({ faults: client.faults, isComplete: isComplete() }).toEqual({ faults: [], isComplete: true });
  await market.close();
  return taken;
}

describe('a stream that is cut off', () => {
  it.each([
    ['the first snapshots', subscribed, 7],
    ['what it missed', resumed, 11],
    ['snapshots of too much that it missed', tooFarBehind, 7],
    ['snapshots that stand for what it took too slowly', slow, 5],
  ] as const)(
    'in the middle of %s goes on behind its last id and ends with the same state',
    async (_, setUp, frames) => {
      for (let most = 0; most <= frames; most += 1) expect(await cutBehind(most, setUp)).toBe(most);
    },
    60_000,
  );

  it('begins anew where a lot could not be shown', async () => {
    const market = await Market.open([[0], [2]]);
    market.bid(1, 2);
    await market.settled();
    const { wire, client } = market.connect(undefined, 'events');
    // The push has rested up to the bid, and the read model does not come as far.
    await market.subscribe(client, { lots: [lotOf(2)] });
    market.bid(1, 2);
    await market.settled();
    const told = wire.read().map(({ type, id }) => [type, id]);
    expect(told).toEqual(['Welcome', 'Problem', 'Subscribed'].map((type) => [type, undefined]));
    await market.close();
  });
});
