import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { POSITION_HEADER } from '#messaging/event-record.js';
import type { EventValues } from '#messaging/event-values.js';
import { readTopic } from '#messaging/kafka/read-topic.js';
import type { AnalyticsStore } from './analytics-store.js';
import { type PlacedEvent, speedRecords } from './speed-records.js';

/** Counted in one transaction: a few milliseconds. */
const RECORDS_A_CHUNK = 200;
const RETRY_MS = { first: 200, cap: 10_000 };

export interface SpeedLayerOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly values: EventValues;
  readonly analytics: AnalyticsStore;
  readonly log: { warn(fields: object, message: string): void };
}

/** Counts what comes from Kafka. Killed at any step it goes on behind what is committed with the counts. */
export class SpeedLayer {
  /** Whether Kafka is read right now. */
  live = false;
  failure: string | null = null;
  private attempt = 0;

  constructor(private readonly options: SpeedLayerOptions) {}

  /** Until the signal is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { kafka, topic, analytics, log } = this.options;
    while (!signal.aborted) {
      try {
        await readTopic(kafka, {
          topic,
          reader: 'analytics',
          signal,
          offsets: () => analytics.offsets(topic),
          onJoined: () => this.joined(),
          onRecords: (partition, records, rest) => this.count(partition, records, rest),
        });
      } catch (err) {
        this.failure = `Kafka is not read: ${(err as Error).message}`;
        log.warn({ err }, 'analytics does not read Kafka, trying again');
      }
      this.live = false;
      const delayMs = Math.min(RETRY_MS.cap, RETRY_MS.first * 2 ** this.attempt) * (0.5 + Math.random() / 2);
      this.attempt += 1;
      await sleep(delayMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private joined(): void {
    this.live = true;
    this.failure = null;
  }

  private async count(partition: number, records: readonly KafkaMessage[], rest: () => Promise<void>): Promise<void> {
    const { topic, analytics } = this.options;
    for (let from = 0; from < records.length; from += RECORDS_A_CHUNK) {
      const chunk = records.slice(from, from + RECORDS_A_CHUNK);
      const events: PlacedEvent[] = [];
      for (const record of chunk) events.push(await this.placed(record));
      const next = String(BigInt(chunk.at(-1)?.offset ?? '0') + 1n);
      analytics.record(speedRecords({ topic, partition, next }, events));
      this.attempt = 0;
      await rest();
    }
  }

  private async placed({ value, headers = {} }: KafkaMessage): Promise<PlacedEvent> {
    const event = await this.options.values.decode(value ?? Buffer.alloc(0), headers['content-type']?.toString());
    return { event, position: headers[POSITION_HEADER]?.toString() ?? null };
  }
}
