import fc from 'fast-check';
import type { RecordedEvent } from '#event-store/event-store.js';
import type { Message } from '../testing/push-client.js';
import type { Client } from './client.js';
import { auctionOf, lotOf, Market } from './testing/market.js';
import type { Wire } from './testing/wire.js';

const LOTS = [0, 1, 2];
/** Lots 0 and 1 are in auction 0, lot 2 in auction 1. */
const auctionOfLot = (lot: number) => (lot === 2 ? 1 : 0);
const watched = { lots: [lotOf(2)], auctions: [auctionOf(0)] };

/** A client as docs/push.md tells to write one: keeps a position, connects again with it, and puts state and events together. */
class CarefulClient {
  private link: { wire: Wire; client: Client } | null = null;
  private after: string | null = null;
  private isSubscribed = false;
  /** By lot: the position of the newest event that is known, in a snapshot or by itself. */
  readonly known = new Map<string, number>();
  readonly faults: string[] = [];
  events = 0;

  constructor(
    private readonly market: Market,
    private readonly truth: (lotId: string) => readonly number[],
  ) {}

  connect(): void {
    if (this.link !== null) return;
    this.link = this.market.connect();
    this.isSubscribed = this.after !== null;
    const after = this.after === null ? {} : { after: this.after };
    void this.market.push.subscribe(this.link.client, { ...watched, ...after });
  }

  /** The connection breaks; what was on its way is lost. */
  disconnect(): void {
    if (this.link === null) return;
    this.market.push.remove(this.link.client);
    this.link = null;
    if (!this.isSubscribed) {
      this.after = null;
      this.known.clear();
    }
  }

  get isConnected(): boolean {
    return this.link !== null;
  }

  clog(): void {
    if (this.link !== null) this.link.wire.full = true;
  }

  unclog(): void {
    this.link?.wire.drain();
  }

  read(most?: number): void {
    for (const message of this.link?.wire.read(most) ?? []) this.take(message);
  }

  private take(message: Message): void {
    const { type, lotId, position } = message;
    if (type === 'Subscribed') this.isSubscribed = true;
    if (type === 'Problem') this.faults.push(`problem: ${message['code']}`);
    if (type === 'LotSnapshot') {
      const at = Number(message['data'].position);
      if (at < (this.known.get(lotId as string) ?? 0)) this.faults.push(`a snapshot of ${lotId} goes back`);
      this.known.set(lotId as string, at);
    } else if (typeof lotId === 'string') this.event(lotId, Number(position));
    if (position !== undefined && !type.endsWith('Snapshot')) {
      if (this.isSubscribed && Number(position) < Number(this.after)) this.faults.push('a position goes back');
      this.after = position;
    }
  }

  private event(lotId: string, at: number): void {
    const known = this.known.get(lotId) ?? 0;
    // Contained in the snapshot that was got before the connection broke.
    if (at <= known) return;
    const next = this.truth(lotId).find((position) => position > known);
    if (at !== next) this.faults.push(`${lotId}: ${at} came behind ${known}, and not ${next}`);
    this.known.set(lotId, at);
    this.events += 1;
  }
}

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

async function take(step: Step, market: Market, clients: CarefulClient[]): Promise<void> {
  switch (step.do) {
    case 'bid':
      for (let n = 0; n < step.times; n += 1) market.bid(auctionOfLot(step.lot), step.lot, n % 2 ? 'ada' : 'bob');
      return;
    case 'read':
      return clients[step.client]?.read(step.most);
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
  it('has every event of its lots once and in order, whatever breaks when', async () => {
    let events = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const market = await Market.open([[0, 1], [2]]);
        const stored: RecordedEvent[] = [];
        const truth = (lotId: string) =>
          stored.flatMap(({ stream, position }) => (stream === `lot-${lotId}` ? [Number(position)] : []));
        const clients = [new CarefulClient(market, truth), new CarefulClient(market, truth)];
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
  }, 90_000);

  it("is in nobody's way when it goes while its position is waited for", async () => {
    const market = await Market.open([[0]]);
    const { client } = market.connect({ role: 'admin', subject: 'root' });
    const subscribing = market.push.subscribe(client, { all: true, after: '999999' });
    market.push.remove(client);
    await subscribing;
    expect(client.subscriber.all).toBe(false);
    await market.close();
  });
});
