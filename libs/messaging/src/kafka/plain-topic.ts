import type { Kafka, Message, Producer } from 'kafkajs';
import type { TopicRecord } from '../checkpointed-topic.js';
import { RETRY } from './connection.js';
import { MAX_MESSAGE_BYTES } from './topics.js';

/** Of a batch, which goes to one partition at worst; the rest of what that takes is for what Kafka adds to each record. */
const BATCH_BYTES = 900_000;

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
      for (const messages of batchesOf(records)) await this.producer.send({ topic, acks: -1, messages });
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
      const configEntries = [
        { name: 'retention.ms', value: String(retentionMs) },
        { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
      ];
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true });
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

function* batchesOf(records: readonly TopicRecord[]): Generator<Message[]> {
  let batch: Message[] = [];
  let bytes = 0;
  for (const { key, value, headers } of records) {
    const texts = [key, value, ...Object.entries(headers).flat()];
    const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (batch.length > 0 && bytes + size > BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ key, value, headers: { ...headers } });
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
