import { setTimeout as sleep } from 'node:timers/promises';
import type { EventType } from '#contracts/events/catalogue.js';
import { type Position, StoreUnavailable } from '#event-store/event-store.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import type { ReadModels } from '#read-models/read-models.js';
import { Coalesced } from '../auth/coalesced.js';
import { keyReused } from '../http/problems.js';
import type { Metrics } from '../observability/metrics.js';
import { DeadLetters, type DeadLetterTopic } from './dead-letters.js';
import type { DeliveryRecord } from './delivery-record.js';
import { Disabling } from './disabling.js';
import type { Journal, Redelivered } from './journal.js';
import { Outcomes } from './outcomes.js';
import type { Attempt } from './sender.js';
import { Subscriptions, type SubscriptionsOptions } from './subscriptions.js';

/** Behind these, events go to a partner that got none before. */
const BEGINS: ReadonlySet<string> = new Set<EventType>(['WebhookSubscribed', 'WebhookEnabled']);
const TICK_MS = 1_000;
/** Counters that drifted are put right so often, in ticks; old dead letters are dropped with them. */
const TIDY_TICKS = 60;
/** Attempts under way may end so long when the process closes, milliseconds. */
const DRAIN_MS = 2_000;

export interface DispatcherOptions extends SubscriptionsOptions {
  readonly readModels: Pick<ReadModels, 'webhooks' | 'keys'>;
  readonly metrics: Metrics;
  readonly deadLetters?: DeadLetterTopic | undefined;
  readonly tickMs?: number;
}

/** The role `webhooks`: delivers the public events to every subscription, each on its own. */
export class Dispatcher {
  private readonly subscriptions: Subscriptions;
  private readonly disabling: Disabling;
  private readonly outcomes: Outcomes;
  private readonly deadLetters: DeadLetters;
  private ticker: NodeJS.Timeout | undefined;
  private ticks = 0;
  /** Why the newest tick failed; null: it did not. */
  private tickFailure: string | null = null;
  private stopped = false;
  /** Whose access has ended; one look at the keys at a time. */
  private readonly access = new Coalesced(() => this.endWithoutAccess());
  private accessJudged = false;
  private readonly unsubscribe: (() => void)[] = [];

  constructor(private readonly options: DispatcherOptions) {
    const { readModels, writer, clock, journal, metrics, log, deadLetters: topic } = options;
    this.disabling = new Disabling({ keys: readModels.keys, writer, clock, log });
    this.deadLetters = new DeadLetters({ journal, topic, clock, metrics, log });
    this.outcomes = new Outcomes({
      journal,
      log,
      laneOf: (webhookId) => this.subscriptions.get(webhookId)?.state,
      onCommitted: (records) => {
        for (const record of records) this.subscriptions.get(record.webhookId)?.committed(record);
      },
      wake: () => this.pumpAll(),
    });
    this.subscriptions = new Subscriptions(options, {
      record: (record, attempt) => this.record(record, attempt),
      isBehind: () => this.outcomes.isBehind,
      disable: (id, reason, detail) => void this.disabling.disable(id, reason, detail),
      onMoved: (webhookId) => this.outcomes.commitLane(webhookId),
      onDropped: (webhookId) => this.outcomes.forget(webhookId),
    });
  }

  /** Why deliveries do not go on; null: they do. */
  get failure(): string | null {
    return this.outcomes.failure ?? this.subscriptions.failure ?? this.tickFailure;
  }

  /** With every outcome until now. */
  get journal(): Journal {
    this.outcomes.commit();
    return this.options.journal;
  }

  start(): void {
    const { readModels, publicLog, tickMs = TICK_MS } = this.options;
    const { webhooks, keys } = readModels;
    this.unsubscribe.push(
      webhooks.onCommitted((events) => {
        const seen = events.flatMap(({ data }) => ('webhookId' in data ? [`${data.partner}/${data.webhookId}`] : []));
        for (const key of new Set(seen)) this.subscriptions.refresh(key);
        // Its key may have been revoked while the command was under way.
        if (events.some(({ type }) => BEGINS.has(type))) void this.access.run();
      }),
      keys.onCommitted((events) => {
        const revoked = events.flatMap((event) => (event.type === 'KeyRevoked' ? [event.data.keyId] : []));
        if (revoked.some((keyId) => keys.get(keyId)?.role !== 'bidder')) void this.access.run();
      }),
      publicLog.onNew(() => this.pumpAll()),
    );
    this.subscriptions.takeAll();
    void this.access.run();
    this.ticker = setInterval(() => this.tick(), tickMs);
  }

  /** Attempts under way may end; what does not is repeated at the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.ticker);
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    this.subscriptions.stop();
    const deadline = performance.now() + DRAIN_MS;
    while (this.underWay > 0 && performance.now() < deadline) await sleep(10);
    this.outcomes.close();
    await this.options.sender.close();
    await this.deadLetters.published();
    this.options.journal.close();
  }

  /** Retries that are due, and what is to be done now and then. What fails is tried again with the next tick. */
  tick(): void {
    try {
      if (this.subscriptions.failure !== null) this.subscriptions.takeAll();
      for (const subscription of this.subscriptions.all()) subscription.tick();
      this.ticks += 1;
      if (this.ticks % TIDY_TICKS === 0) this.tidy();
      this.deadLetters.publish();
      this.tickFailure = null;
    } catch (err) {
      this.tickFailure = (err as Error).message;
      this.options.log.error({ err }, 'the journal of the webhooks fails: trying again');
    }
  }

  /** Dead letters again, or one event that was attempted before; how many. Throws StoreUnavailable. */
  redeliver(webhookId: string, eventId: string | null): number {
    this.outcomes.commit();
    this.mustBeCommitted();
    const count = this.options.journal.revive(webhookId, eventId, this.options.clock.now());
    this.subscriptions.get(webhookId)?.redeliver(eventId);
    return count;
  }

  /** Everything behind `from` up to `until` again. Throws StoreUnavailable when that is not certain; it may be repeated. */
  replay(webhookId: string, from: Position | null, until: Position): void {
    this.subscriptions.get(webhookId)?.replayFrom(from, until);
    this.outcomes.commitLane(webhookId);
    this.mustBeCommitted();
  }

  /**
   * What a command to deliver again has come to; null: it is to be carried out. Only one under an idempotency key is remembered. Throws 422 for a key of another request.
   */
  earlier({ commandId, requestDigest }: CommandContext): Redelivered | null {
    if (requestDigest === undefined) return null;
    const found = this.options.journal.redelivery(commandId);
    if (found !== null && found.digest !== requestDigest) throw keyReused();
    return found;
  }

  /** Carries it out once under its key; how many are due again. A crash in between repeats it: deliveries may come twice at any time. */
  once(webhookId: string, context: CommandContext, redeliver: () => number | null): number | null {
    // Another request under the key may have been faster.
    const earlier = this.earlier(context);
    if (earlier !== null) return earlier.deliveries;
    const deliveries = redeliver();
    const { commandId, requestDigest: digest } = context;
    const { journal, clock } = this.options;
    if (digest !== undefined) journal.keepRedelivery(webhookId, commandId, { digest, deliveries }, clock.now());
    return deliveries;
  }

  private mustBeCommitted(): void {
    const { failure } = this.outcomes;
    if (failure !== null) throw new StoreUnavailable(failure, false);
  }

  /** Brings the gauges up to date. */
  observe(): void {
    const { metrics, log } = this.options;
    metrics.webhookJournalFailing.set(this.failure === null ? 0 : 1);
    try {
      this.deadLetters.observe();
    } catch (err) {
      metrics.webhookJournalFailing.set(1);
      log.error({ err }, 'the journal of the webhooks cannot be read');
    }
    let pending = 0;
    let disabled = 0;
    for (const subscription of this.subscriptions.all()) {
      pending += subscription.waiting;
      disabled += Number(subscription.isDisabled);
    }
    metrics.webhookPending.set(pending);
    metrics.webhookSubscriptions.set({ state: 'active' }, this.subscriptions.size - disabled);
    metrics.webhookSubscriptions.set({ state: 'disabled' }, disabled);
  }

  /** Nothing is under way, and every outcome is committed. */
  get idle(): boolean {
    return this.underWay === 0 && this.outcomes.isEmpty && this.disabling.isIdle && this.deadLetters.isIdle;
  }

  private get underWay(): number {
    let count = 0;
    for (const subscription of this.subscriptions.all()) count += subscription.underWay;
    return count;
  }

  private record(record: DeliveryRecord, attempt: Attempt): void {
    // Of a subscription that is deleted nothing is kept.
    if (this.subscriptions.get(record.webhookId) === undefined) return;
    const { metrics } = this.options;
    metrics.webhookAttempts.inc({ result: attempt.delivered ? 'delivered' : 'failed' });
    metrics.webhookAttemptSeconds.observe(attempt.milliseconds / 1000);
    if (record.state === 'dead') metrics.webhookDead.inc();
    this.outcomes.add(record);
  }

  private pumpAll(): void {
    for (const subscription of this.subscriptions.all()) subscription.pump();
  }

  /** Judged again with the next tidying when it cannot be judged now. */
  private async endWithoutAccess(): Promise<void> {
    const { readModels, log } = this.options;
    this.accessJudged = false;
    try {
      const rows = this.subscriptions.rows();
      await this.disabling.endWithoutAccess(rows, readModels.webhooks.checkpoint);
      this.accessJudged = true;
    } catch (err) {
      if (!this.stopped) log.warn({ err }, 'whose access has ended is not known: trying again');
    }
  }

  private tidy(): void {
    this.outcomes.commit();
    this.subscriptions.takeAll();
    if (!this.accessJudged) void this.access.run();
    this.deadLetters.dropOld();
    for (const subscription of this.subscriptions.all()) subscription.recount();
  }
}
