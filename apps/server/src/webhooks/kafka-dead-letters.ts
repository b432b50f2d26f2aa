import type { Logger } from 'pino';
import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import type { TopicRecord } from '#messaging/checkpointed-topic.js';
import { eventRecord } from '#messaging/event-record.js';
import { kafkaClient } from '#messaging/kafka/connection.js';
import { PlainTopic } from '#messaging/kafka/plain-topic.js';
import type { KafkaSettings } from '../relay/kafka-settings.js';
import type { DeadLetterTopic } from './dead-letters.js';
import type { DeliveryRecord } from './delivery-record.js';

const RETENTION_MS = 30 * 24 * 3_600_000;

/** Dead letters on Kafka: at least once; the headers `ce_id` and `gavel_webhook_id` together tell a repeat. */
export class KafkaDeadLetters implements DeadLetterTopic {
  private readonly topic: PlainTopic;

  constructor({ connection, topic }: KafkaSettings, log: Logger) {
    const options = { topic: deadLetterTopicOf(topic), partitions: 1, retentionMs: RETENTION_MS };
    this.topic = new PlainTopic(kafkaClient(connection, log, 'gavel-webhooks'), options);
  }

  publish(letters: readonly DeliveryRecord[]): Promise<void> {
    return this.topic.append(letters.map(letterRecord));
  }

  close(): Promise<void> {
    return this.topic.close();
  }
}

const deadLetterTopicOf = (events: string): string => `${events}-dead-letters`;

/** The event as it was to be delivered, in JSON whatever the topic of the events has, and why it was given up. */
export function letterRecord({ body, webhookId, attempts, status, error, lastAt }: DeliveryRecord): TopicRecord {
  const record = eventRecord(JSON.parse(body) as PublicEvent);
  const headers = {
    ...record.headers,
    gavel_webhook_id: webhookId,
    gavel_attempts: String(attempts),
    gavel_last_attempt: new Date(lastAt).toISOString(),
    ...(status !== null && { gavel_status: String(status) }),
    ...(error !== null && { gavel_error: error }),
  };
  return { ...record, value: body, headers };
}
