import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { publishedTypes } from '#contracts/public-events/public-event-of.js';
import type { EventReader, RecordedEvent } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import type { Relay } from './relay.js';

/** What is counted exactly; a longer lag shows as this. */
const COUNTED = 10_000;

/** How the relay does, for Prometheus. */
export class RelayMetrics {
  private readonly events: Counter;
  private readonly transactions: Counter;
  private readonly commits: Histogram;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.events = new Counter({
      name: 'gavel_relay_events_total',
      help: 'Events committed to Kafka by this process',
      registers,
    });
    this.transactions = new Counter({
      name: 'gavel_relay_transactions_total',
      help: 'Transactions committed to Kafka by this process',
      registers,
    });
    this.commits = new Histogram({
      name: 'gavel_relay_commit_seconds',
      help: 'Time of one transaction, from its first record to its commit',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
  }

  committed(events: number, milliseconds: number): void {
    this.events.inc(events);
    this.transactions.inc();
    this.commits.observe(milliseconds / 1000);
  }

  /** Gauges that are measured when they are read: whatever the relay is busy with, the lag is that of now. */
  watch(relay: Pick<Relay, 'relayed' | 'state'>, store: Pick<EventReader, 'readAll'>, clock: Pick<Clock, 'now'>): void {
    const registers = [this.registry];
    // Both gauges are read at once: one look at the store is for both of them. Null while it is away: nobody knows the lag then, and
    // what was measured before would hide that of an instance that does know.
    let looking: Promise<readonly RecordedEvent[] | null> | null = null;
    const waiting = () => {
      looking ??= store
        .readAll(relay.relayed, COUNTED, publishedTypes)
        .catch(() => null)
        .finally(() => {
          looking = null;
        });
      return looking;
    };
    const events: Gauge = new Gauge({
      name: 'gavel_relay_lag_events',
      help: `Public events that are stored and not yet in Kafka, as this process knows; ${COUNTED}: that many or more; NaN: unknown`,
      registers,
      collect: async () => {
        const found = await waiting();
        events.set(found === null ? Number.NaN : found.length);
      },
    });
    const seconds: Gauge = new Gauge({
      name: 'gavel_relay_lag_seconds',
      help: 'Age of the oldest public event that is not yet in Kafka, as this process knows; 0: there is none; NaN: unknown',
      registers,
      collect: async () => {
        const found = await waiting();
        const oldest = found?.[0]?.recordedAt ?? clock.now();
        seconds.set(found === null ? Number.NaN : Math.max(0, clock.now() - oldest) / 1000);
      },
    });
    const active: Gauge = new Gauge({
      name: 'gavel_relay_active',
      help: '1 in the process that relays, 0 where the relay stands by, fails or has stopped',
      registers,
      collect: () => active.set(relay.state === 'relaying' ? 1 : 0),
    });
  }
}
