import { Registry } from 'prom-client';
import type { GavelEvent } from '#contracts/events/catalogue.js';
import type { Subscription } from '#contracts/push/client-messages.js';
import type { EventStore } from '#event-store/event-store.js';
import { auctions } from '#read-models/projections/auctions.js';
import { listings } from '#read-models/projections/listings.js';
import { lots } from '#read-models/projections/lots.js';
import { auctionCreated } from '#testing/auction-builders.js';
import { bidPlaced, id, listed, OPENS, opened } from '#testing/lot-builders.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import type { Principal } from '../../auth/principal.js';
import type { Client } from '../client.js';
import { Hub } from '../hub.js';
import { Push, type PushLimits } from '../push.js';
import { PushMetrics } from '../push-metrics.js';
import { LaggingModel } from './lagging-model.js';
import { Wire } from './wire.js';

export const auctionOf = (n: number): string => id(500 + n);
export const lotOf = (n: number): string => id(600 + n);

/** A push on a store in memory, whose read models lag as a test wants, with lots that events are written for by hand. */
export class Market {
  readonly store: EventStore & Pick<MemoryEventStore, 'commit'>;
  readonly models;
  readonly metrics = new PushMetrics(new Registry());
  hub: Hub;
  push: Push;
  private now = OPENS + 10;
  private readonly revisions = new Map<string, number>();
  private readonly bids = new Map<number, number>();

  private constructor(
    store: EventStore & Pick<MemoryEventStore, 'commit'>,
    private readonly limits: PushLimits,
  ) {
    this.store = store;
    this.models = {
      lots: new LaggingModel(store, lots),
      auctions: new LaggingModel(store, auctions),
      listings: new LaggingModel(store, listings),
    };
    [this.hub, this.push] = this.make();
  }

  /** Auction `n` has the lots `lotsOf[n]`; all are open. */
  static async open(
    lotsOf: readonly (readonly number[])[],
    limits = { connections: 100, perCaller: 100 },
  ): Promise<Market> {
    const market = new Market(new MemoryEventStore(() => OPENS), limits);
    for (const [n, members] of lotsOf.entries()) {
      market.write(`auction-${auctionOf(n)}`, auctionCreated({ auctionId: auctionOf(n) }));
      for (const lot of members) for (const event of opened()) market.write(`lot-${lotOf(lot)}`, event, n, lot);
    }
    await market.catchUp();
    market.push.start();
    return market;
  }

  /** A second process on the same store. */
  async another(): Promise<Market> {
    const market = new Market(this.store, this.limits);
    await market.catchUp();
    market.push.start();
    return market;
  }

  /** The process ends and begins again. */
  async restart(): Promise<void> {
    await this.push.close();
    [this.hub, this.push] = this.make();
    this.push.start();
  }

  /** The next bid on a lot; each is the highest. */
  bid(auction: number, lot: number, bidderId = 'ada'): void {
    const n = (this.bids.get(lot) ?? 0) + 1;
    this.bids.set(lot, n);
    const event = bidPlaced(bidderId, 1_000 + n, { sequence: n, bidId: id(lot * 100_000 + n) });
    this.write(`lot-${lotOf(lot)}`, event, auction, lot);
  }

  list(auction: number, lot: number): void {
    this.write(`lot-${lotOf(lot)}`, listed(), auction, lot);
  }

  write(stream: string, event: GavelEvent, auction?: number, lot?: number): void {
    const revision = this.revisions.get(stream) ?? -1;
    const ids = {
      ...(auction !== undefined && { auctionId: auctionOf(auction) }),
      ...(lot !== undefined && { lotId: lotOf(lot) }),
      ...(lot !== undefined && event.type === 'LotListed' && { ordinal: lot + 1 }),
    };
    const metadata = { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'system' };
    const appended = {
      id: `${stream}-${revision + 1}`,
      type: event.type,
      version: 1,
      data: { ...event.data, ...ids },
      metadata,
    };
    this.store.commit(stream, revision === -1 ? 'no-stream' : revision, [appended]);
    this.revisions.set(stream, revision + 1);
  }

  async catchUp(): Promise<void> {
    await Promise.all(Object.values(this.models).map((model) => model.advance()));
  }

  connect(
    principal: Principal = { role: 'bidder', subject: 'ada' },
    format: Wire['format'] = 'websocket',
  ): { wire: Wire; client: Client } {
    const wire = new Wire(format);
    return { wire, client: this.push.add({ principal, connection: wire, isStillValid: () => true }) };
  }

  /** The hub has handed on all that is stored, and every client that can be written to has it. */
  async settled(): Promise<void> {
    const head = await this.store.head();
    if (head !== null && !(await this.hub.reached(head, 5_000))) throw new Error('the hub does not come along');
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    for (let turns = 0; turns < 5 || this.push['fanOut'].backlog > 0; turns += 1) await turn();
  }

  async subscribe(client: Client, subscription: Subscription): Promise<void> {
    await this.push.subscribe(client, subscription);
    await this.settled();
  }

  /** Time passes. */
  later(ms: number): void {
    this.now += ms;
  }

  async close(): Promise<void> {
    await this.push.close();
  }

  private make(): [Hub, Push] {
    const { store, models: readModels, metrics, limits } = this;
    const clock = { now: () => this.now };
    const log = { error: (fields: object) => console.error(fields) };
    const aliasOf = (bidderId: string, auctionId: string) => `alias-${bidderId.length}-${auctionId.slice(-3)}`;
    const hub = new Hub({ store, readModels, aliasOf, clock, log });
    return [hub, new Push({ hub, store, readModels, clock, metrics, limits, roundMs: 0, log })];
  }
}

/** A bid that was stored after the close. */
export const lateBid = (bidderId: string, amount: number): GavelEvent => ({
  type: 'BidArrivedLate',
  data: {
    lotId: lotOf(0),
    auctionId: auctionOf(0),
    bidId: id(9),
    bidderId,
    amount,
    acceptedAt: OPENS,
    closedAt: OPENS,
  },
});
