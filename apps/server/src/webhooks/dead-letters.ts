import type { Clock } from '#platform/clock.js';
import type { Metrics } from '../observability/metrics.js';
import type { DeliveryRecord } from './delivery-record.js';
import type { Journal } from './journal.js';

const KEPT_MS = 30 * 24 * 3_600_000;
const PUBLISHED_AT_ONCE = 500;

/** Where dead letters go beside the list. Rejects when it did not take them: then they come again. */
export interface DeadLetterTopic {
  publish(letters: readonly DeliveryRecord[]): Promise<void>;
}

export interface DeadLettersOptions {
  readonly journal: Journal;
  readonly topic: DeadLetterTopic | undefined;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: { error(fields: object, message: string): void };
}

/** Deliveries that were given up: they go to their topic, and stay in the journal for thirty days. */
export class DeadLetters {
  private publishing: Promise<void> | null = null;

  constructor(private readonly options: DeadLettersOptions) {}

  get isIdle(): boolean {
    return this.publishing === null;
  }

  /** Resolves when none is on its way to the topic. Never rejects. */
  async published(): Promise<void> {
    await this.publishing;
  }

  /** Hands those that the topic has not got to it, unless some are on their way. Throws when the journal cannot be read. */
  publish(): void {
    const { topic, journal, log } = this.options;
    if (topic === undefined || this.publishing !== null) return;
    const letters = journal.unpublished(PUBLISHED_AT_ONCE);
    if (letters.length === 0) return;
    this.publishing = topic
      .publish(letters)
      .then(() => journal.markPublished(letters))
      .catch((err: unknown) => log.error({ err }, 'dead letters could not be published: trying again'))
      .finally(() => {
        this.publishing = null;
      });
  }

  /** Throws when the journal cannot be written. */
  dropOld(): void {
    const { journal, clock } = this.options;
    journal.dropBefore(clock.now() - KEPT_MS);
  }

  /** Brings the gauges up to date. Throws when the journal cannot be read. */
  observe(): void {
    const { journal, clock, metrics } = this.options;
    const { count, oldestAt } = journal.deadLetters();
    metrics.webhookDeadLetters.set(count);
    metrics.webhookDeadLetterAge.set(oldestAt === null ? 0 : Math.max(0, clock.now() - oldestAt) / 1000);
  }
}
