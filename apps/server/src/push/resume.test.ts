import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '#event-store/event-store.js';
import { closed, id, sold } from '#testing/lot-builders.js';
import { CarefulClient } from './testing/careful-client.js';
import { auctionOf, lateBid, lotOf, Market } from './testing/market.js';
import type { Wire } from './testing/wire.js';

const LOTS = [0, 1, 2];
/** Lots 0 and 1 are in auction 0, lot 2 in auction 1. */
const auctionOfLot = (lot: number) => (lot === 2 ? 1 : 0);
const topics = { lots: [lotOf(2)], auctions: [auctionOf(0)] };

type Step =
  | { do: 'bid'; lot: number; times: number }
  | { do: 'read'; client: number; most: number }
  | { do: 'advance'; events: number }
  | { do: 'connect' | 'disconnect' | 'clog' | 'unclog'; client: number }
  | { do: 'turn' | 'restart' | 'rest' };

const client = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('bid' as const),
      lot: fc.constantFrom(...LOTS),
      times: fc.integer({ min: 1, max: 300 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('read' as const), client, most: fc.integer({ min: 1, max: 700 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('advance' as const), events: fc.integer({ min: 1, max: 400 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('connect' as const), client }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('disconnect' as const, 'clog' as const, 'unclog' as const), client }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rest' as const) }) },
);

/** What was told of events, without when. */
const events = (wire: Wire) =>
  wire
    .read()
    .flatMap(({ serverTime: _, ...message }) =>
      'eventId' in message || message.type === 'BidArrivedLate' ? [message] : [],
    );

async function take(step: Step, market: Market, clients: CarefulClient[]): Promise<void> {
  switch (step.do) {
    case 'bid':
      for (let n = 0; n < step.times; n += 1) market.bid(auctionOfLot(step.lot), step.lot, n % 2 ? 'ada' : 'bob');
      return;
    case 'read':
      clients[step.client]?.read(step.most);
      return;
    case 'advance':
      return market.models.lots.advance(step.events);
    case 'restart':
      for (const each of clients) each.disconnect();
      return market.restart();
    case 'rest':
      // As the push does once nobody has been here for long.
      if (clients.every((each) => !each.isConnected)) market.hub.rest();
      return;
    case 'turn':
      return new Promise((resolve) => setImmediate(resolve));
    default:
      return clients[step.client]?.[step.do]();
  }
}

describe('a client that comes and goes', () => {
  it.each(['websocket', 'events'] as const)(
    'misses no event of its lots, whatever breaks when, by %s',
    async (format) => {
      let events = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
          const market = await Market.open([[0, 1], [2]]);
          const stored: RecordedEvent[] = [];
          const truth = (lotId: string) =>
            stored.flatMap(({ stream, position }) => (stream === `lot-${lotId}` ? [Number(position)] : []));
          const watching = { format, topics, truth };
          const clients = [new CarefulClient(market, watching), new CarefulClient(market, watching)];
          const refresh = async () => {
            stored.push(...(await market.store.readAll(stored.at(-1)?.position ?? null, 1_000_000)));
          };
          for (const one of steps) {
            await take(one, market, clients);
            await refresh();
          }
          await market.catchUp();
          for (const each of clients) {
            each.connect();
            each.unclog();
          }
          // A client that waits for rows asks again a moment later.
          for (let turn = 0; turn < 40; turn += 1) {
            await market.settled();
            for (const each of clients) each.read();
            const complete = clients.every((each) =>
              LOTS.every((lot) => each.known.get(lotOf(lot)) === truth(lotOf(lot)).at(-1)),
            );
            if (complete) break;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          for (const each of clients) {
            expect(each.faults).toEqual([]);
            const newest = (lot: number) => [lotOf(lot), truth(lotOf(lot)).at(-1)] as const;
            expect(new Map([...each.known].sort())).toEqual(new Map(LOTS.map(newest)));
            events += each.events;
          }
          await market.close();
        }),
        { numRuns: 30 },
      );
      // That it was no test of snapshots alone.
      expect(events).toBeGreaterThan(500);
    },
    90_000,
  );

  it.each([
    ['on another server', (market: Market) => market.another()],
    [
      'behind a restart',
      async (market: Market) => {
        await market.restart();
        return market;
      },
    ],
  ])('is told %s what those who stayed were told, the lot and what it means for the client included', async (_, at) => {
    const market = await Market.open([[0, 1]]);
    const bids = (times: number) => {
      for (let n = 0; n < times; n += 1) {
        market.bid(0, 0, n % 3 === 1 ? 'bob' : 'ada');
        market.bid(0, 1, n % 3 === 2 ? 'ada' : 'bob');
      }
    };
    const topics = { lots: [lotOf(0)], auctions: [auctionOf(0)] };
    bids(3);
    const stayed = market.connect();
    await market.subscribe(stayed.client, topics);
    const after = market.hub.position;
    stayed.wire.read();
    bids(7);
    for (const event of [closed(), sold('ada', 1_010, id(10)), lateBid('ada', 9_000)]) {
      market.write(`lot-${lotOf(0)}`, event, 0, 0);
    }
    await market.settled();
    await market.catchUp();
    const expected = events(stayed.wire);
    expect(expected.flatMap(({ you }) => (you?.outbid ? [you] : [])).length).toBeGreaterThan(2);
    const other = await at(market);
    const back = other.connect();
    await other.subscribe(back.client, { ...topics, after });
    expect(events(back.wire)).toEqual(expected);
    await other.close();
    if (other !== market) await market.close();
  });

  it("is in nobody's way when it goes while its position is waited for", async () => {
    const market = await Market.open([[0]]);
    const { client } = market.connect({ role: 'admin', subject: 'root' });
    jest.spyOn(market.store, 'head').mockResolvedValue('999999');
    const subscribing = market.push.subscribe(client, { all: true, after: '999999' });
    market.push.remove(client);
    await subscribing;
    expect(client.subscriber.all).toBe(false);
    await market.close();
  });
});
