import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { SeriesHistogram } from './series-histogram.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What Prometheus reads; names end in their unit. */
export class Metrics {
  readonly registry = new Registry();
  private readonly registers = [this.registry];

  /** By outcome: added up here, as each call of a counter hashes its labels. */
  private readonly bids = new Map<string, number>();
  readonly requests = new SeriesHistogram({
    name: 'gavel_http_request_seconds',
    help: 'Time to answer, by route and status',
    buckets: SECONDS,
    registry: this.registry,
  });
  readonly commits = new Histogram({
    name: 'gavel_store_commit_seconds',
    help: 'Time of one commit of the event store, all appends that waited',
    buckets: SECONDS,
    registers: this.registers,
  });
  readonly commitEvents = new Histogram({
    name: 'gavel_store_commit_events',
    help: 'Events in one commit of the event store',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    registers: this.registers,
  });
  readonly conflicts = new Counter({
    name: 'gavel_append_conflicts_total',
    help: 'Appends that found another writer on the stream and were decided anew',
    registers: this.registers,
  });
  readonly reservations = new Counter({
    name: 'gavel_stock_reservations_total',
    help: 'Purchases by what the stock said of their units: reserved, contested, sold-out, unknown',
    labelNames: ['outcome'],
    registers: this.registers,
  });
  readonly redisAnswers = new Histogram({
    name: 'gavel_redis_answer_seconds',
    help: 'Time until Redis answered, by script',
    labelNames: ['script'],
    buckets: SECONDS,
    registers: this.registers,
  });
  readonly redisFallbacks = new Counter({
    name: 'gavel_redis_fallbacks_total',
    help: 'Hints that Redis did not give, by script: the stream was asked instead',
    labelNames: ['script'],
    registers: this.registers,
  });
  readonly projectionLag = new Gauge({
    name: 'gavel_projection_lag_events',
    help: 'How far a read model is behind the store, in positions',
    labelNames: ['model'],
    registers: this.registers,
  });
  readonly projectionLagSeconds = new Gauge({
    name: 'gavel_projection_lag_seconds',
    help: 'For how long a read model has been behind the store',
    labelNames: ['model'],
    registers: this.registers,
  });
  readonly decisionsStuck = new Gauge({
    name: 'gavel_decisions_stuck',
    help: 'Recorded decisions that fail whenever they are carried on, and are tried again',
    registers: this.registers,
  });
  readonly heldStreams = new Gauge({
    name: 'gavel_held_streams',
    help: 'Streams whose state is held in memory',
    labelNames: ['kind'],
    registers: this.registers,
  });

  readonly spooled = new Counter({
    name: 'gavel_spooled_bids_total',
    help: 'Bids acknowledged from the spool while the store did not confirm',
    registers: this.registers,
  });
  readonly drained = new Counter({
    name: 'gavel_spool_drained_total',
    help: 'Spooled bids that were carried out, by what became of them',
    labelNames: ['became'],
    registers: this.registers,
  });
  readonly spoolDepth = new Gauge({
    name: 'gavel_spool_depth',
    help: 'Acknowledged bids that wait for the store',
    registers: this.registers,
  });
  readonly spoolAge = new Gauge({
    name: 'gavel_spool_oldest_seconds',
    help: 'For how long the oldest of them has been waiting',
    registers: this.registers,
  });

  readonly webhookAttempts = new Counter({
    name: 'gavel_webhook_attempts_total',
    help: 'Attempts to deliver to a webhook, by result: delivered or failed',
    labelNames: ['result'],
    registers: this.registers,
  });
  readonly webhookAttemptSeconds = new Histogram({
    name: 'gavel_webhook_attempt_seconds',
    help: 'Time of an attempt to deliver to a webhook, until the answer or the failure',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: this.registers,
  });
  readonly webhookPending = new Gauge({
    name: 'gavel_webhook_pending_deliveries',
    help: 'Deliveries that failed and will be tried again',
    registers: this.registers,
  });
  readonly webhookDead = new Counter({
    name: 'gavel_webhook_dead_total',
    help: 'Deliveries that were given up',
    registers: this.registers,
  });
  readonly webhookDeadLetters = new Gauge({
    name: 'gavel_webhook_dead_letters',
    help: 'Dead letters in the list now',
    registers: this.registers,
  });
  readonly webhookDeadLetterAge = new Gauge({
    name: 'gavel_webhook_dead_letter_oldest_seconds',
    help: 'Age of the oldest dead letter; 0: there is none',
    registers: this.registers,
  });
  readonly webhookSubscriptions = new Gauge({
    name: 'gavel_webhook_subscriptions',
    help: 'Webhook subscriptions, by state: active or disabled',
    labelNames: ['state'],
    registers: this.registers,
  });
  readonly webhookJournalFailing = new Gauge({
    name: 'gavel_webhook_journal_failing',
    help: '1 while webhooks.db cannot be written or read, so that deliveries pause',
    registers: this.registers,
  });
  readonly feedEvents = new Counter({
    name: 'gavel_feed_events_total',
    help: 'Events answered by the feed',
    registers: this.registers,
  });
  readonly feedWaiting = new Gauge({
    name: 'gavel_feed_waiting',
    help: 'Requests of the feed that wait for an event now',
    registers: this.registers,
  });

  constructor() {
    const { bids } = this;
    new Counter({
      name: 'gavel_bids_total',
      help: 'Bids recorded, by outcome',
      labelNames: ['outcome'],
      registers: this.registers,
      collect() {
        this.reset();
        for (const [outcome, count] of bids) this.inc({ outcome }, count);
      },
    });
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 10 });
  }

  /** A spooled bid was carried out. */
  countDrained(became: 'stored' | 'late' | 'refused', event: LotEvent | undefined): void {
    this.drained.inc({ became });
    if (became !== 'refused') this.countBid(event, false);
  }

  /** A bid was stored; the repeat of a command is no other bid. */
  countBid(stored: LotEvent | undefined, repeated: boolean): void {
    if (repeated) return;
    const outcome = stored?.type === 'BidPlaced' ? stored.data.outcome : 'late';
    this.bids.set(outcome, (this.bids.get(outcome) ?? 0) + 1);
  }
}
