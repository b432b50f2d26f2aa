import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochMs } from '#contracts/time.js';
import { eventId } from '#event-store/event-id.js';
import { Clock } from '#platform/clock.js';
import { uuidV7 } from '#platform/uuid.js';
import { openReadModels, type ReadModels } from '#read-models/read-models.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { until } from '#testing/until.js';
import { PublicLog } from '../../feed/public-log.js';
import { Metrics } from '../../observability/metrics.js';
import { WebhookWriter } from '../../writers.js';
import type { DeadLetterTopic } from '../dead-letters.js';
import { Dispatcher } from '../dispatcher.js';
import { Journal } from '../journal.js';
import type { Attempt, Delivery, Post } from '../sender.js';
import { WebhookSecrets } from '../signature.js';

/** Time that goes on when the test says so. */
export class SetClock extends Clock {
  constructor(private at: EpochMs = Date.UTC(2026, 2, 1)) {
    super();
  }
  override now(): EpochMs {
    return this.at;
  }
  advance(milliseconds: number): void {
    this.at += milliseconds;
  }
}

type Answer = Partial<Attempt>;

/** An endpoint in memory: what it was sent, and what it answers. */
export class TestPost implements Post {
  readonly sent: Delivery[] = [];
  answer: (delivery: Delivery) => Answer | Promise<Answer> = () => ({});

  async send(delivery: Delivery): Promise<Attempt> {
    this.sent.push(delivery);
    const answer = await this.answer(delivery);
    const delivered = answer.delivered ?? answer.status === undefined;
    const error = delivered ? null : `status ${answer.status}`;
    return { delivered, status: 200, error, retryAfterMs: null, milliseconds: 1, ...answer };
  }
  forget(): void {}
  async close(): Promise<void> {}

  of(webhookId: string): Delivery[] {
    return this.sent.filter((delivery) => delivery.webhookId === webhookId);
  }
}

export const context = () => {
  const commandId = uuidV7();
  return { commandId, correlationId: commandId, causationId: commandId, actor: 'test' };
};

/** The ids of the events that were delivered. */
export const ids = (deliveries: readonly Delivery[]): string[] =>
  deliveries.map(({ headers }) => headers['webhook-id']);

/** The delivering part of a server on a store in memory, with a clock and endpoints of the test's. */
export class Delivering {
  readonly clock = new SetClock();
  readonly post = new TestPost();
  readonly store = new MemoryEventStore(() => this.clock.now());
  readonly writer = new WebhookWriter(this.store);
  readonly metrics = new Metrics();
  readonly errors: string[] = [];
  readModels!: ReadModels;
  dispatcher!: Dispatcher;
  journal!: Journal;
  private publicLog!: PublicLog;
  private auctions = 0;

  private constructor(
    readonly directory: string,
    private readonly deadLetters: DeadLetterTopic | undefined,
  ) {}

  static async start(deadLetters?: DeadLetterTopic): Promise<Delivering> {
    const directory = await mkdtemp(join(tmpdir(), 'gavel-webhooks-'));
    const delivering = new Delivering(directory, deadLetters);
    delivering.readModels = await openReadModels({
      directory: join(directory, 'read-models'),
      store: delivering.store,
    });
    await delivering.begin();
    return delivering;
  }

  /** A process that delivers, on what the one before left. */
  async begin(): Promise<void> {
    const { store, readModels, writer, clock, metrics, post: sender, deadLetters } = this;
    const log = { warn: () => {}, error: (_: object, message: string) => this.errors.push(message) };
    this.publicLog = new PublicLog({ store, aliasOf: (bidder) => `alias of ${bidder}`, log });
    this.publicLog.start(null);
    this.journal = new Journal(this.directory);
    this.dispatcher = new Dispatcher({
      ...{ readModels, writer, clock, metrics, log, sender, journal: this.journal, publicLog: this.publicLog },
      secrets: new WebhookSecrets('a key of the server'),
      random: () => 0,
      tickMs: 1e9,
      ...(deadLetters !== undefined && { deadLetters }),
    });
    this.dispatcher.start();
  }

  async subscribe(partner = 'admin', more: { eventTypes?: string[]; auctionIds?: string[] } = {}): Promise<string> {
    const webhookId = uuidV7();
    const { eventTypes = null, auctionIds = null } = more;
    const command = {
      type: 'Subscribe',
      webhookId,
      partner,
      url: 'https://hooks.example/',
      eventTypes,
      auctionIds,
    } as const;
    await this.writer.execute(webhookId, { ...command, at: this.clock.now() }, context());
    await this.seen();
    return webhookId;
  }

  async change(webhookId: string, type: 'Enable' | 'Delete' | 'RotateSecret', partner = 'admin'): Promise<void> {
    await this.writer.execute(webhookId, { type, partner, at: this.clock.now() }, context());
    await this.seen();
  }

  /** Stores an AuctionCreated each, and answers their event ids. */
  publish(count: number): string[] {
    return Array.from({ length: count }, () => {
      this.auctions += 1;
      const auctionId = `01890000-0000-7000-8000-${String(this.auctions).padStart(12, '0')}`;
      const stream = `auction-${auctionId}`;
      const data = {
        ...{ auctionId, title: `Auction ${this.auctions}`, currency: 'EUR', opensAt: null, closesAt: null },
        ...{ stagger: null, createdAt: this.clock.now() },
      };
      const id = eventId(stream, auctionId, 0);
      const metadata = { commandId: auctionId, correlationId: 'c', causationId: 'c', actor: 'test' };
      this.store.commit(stream, 'no-stream', [{ id, type: 'AuctionCreated', version: 1, data, metadata }]);
      return id;
    });
  }

  /** Time goes on, and what has become due is attempted. */
  async advance(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    this.dispatcher.tick();
    await this.settled();
  }

  /** Until nothing is under way and everything is in the journal. */
  async settled(): Promise<void> {
    await until(() => this.dispatcher.idle);
  }

  /** What a subscription was sent, as soon as that is so much and nothing is under way. */
  async sentTo(webhookId: string, count: number): Promise<Delivery[]> {
    await until(() => this.post.of(webhookId).length >= count);
    await this.settled();
    return this.post.of(webhookId);
  }

  /** The newest 100 deliveries of a subscription in the journal. */
  rows(webhookId: string) {
    return this.journal.list(webhookId, null, null, 100);
  }

  /** Until the read models have what is stored. */
  async seen(): Promise<void> {
    const head = (await this.store.head()) ?? '0';
    await Promise.all([this.readModels.webhooks.waitFor(head, 5_000), this.readModels.keys.waitFor(head, 5_000)]);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async end(): Promise<void> {
    await this.dispatcher.stop();
    await this.publicLog.stop();
  }

  async close(): Promise<void> {
    await this.end();
    await this.readModels.close();
    await this.store.close();
    await rm(this.directory, { recursive: true });
  }
}
