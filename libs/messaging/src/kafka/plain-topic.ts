import type { Kafka, Producer } from 'kafkajs';
import type { TopicRecord } from '../checkpointed-topic.js';
import { RETRY } from './connection.js';

export interface PlainTopicOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly retentionMs: number;
}

/** A topic that is written to at least once: what was not acknowledged is sent again by whoever sends. */
export class PlainTopic {
  private producer: Producer | null = null;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: PlainTopicOptions,
  ) {}

  /** Resolves when every replica has the records. Rejects when Kafka does not answer: then some may be written. */
  async append(records: readonly TopicRecord[]): Promise<void> {
    const { topic } = this.options;
    try {
      this.producer ??= await this.open();
      await this.producer.send({ topic, acks: -1, messages: records.map((record) => ({ ...record })) });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { producer } = this;
    this.producer = null;
    await producer?.disconnect().catch(() => undefined);
  }

  private async open(): Promise<Producer> {
    await this.makeTopic();
    const producer = this.kafka.producer({ allowAutoTopicCreation: false, retry: RETRY });
    await producer.connect();
    return producer;
  }

  private async makeTopic(): Promise<void> {
    const { topic, partitions, retentionMs } = this.options;
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      if ((await admin.listTopics()).includes(topic)) return;
      const configEntries = [{ name: 'retention.ms', value: String(retentionMs) }];
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true });
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}
