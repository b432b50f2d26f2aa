import {
  type Admin,
  type ICustomPartitioner,
  type Kafka,
  Partitioners,
  type Producer,
  type Transaction,
} from 'kafkajs';
import { type CheckpointedTopic, Fenced, type TopicRecord, type TopicWriter } from '../checkpointed-topic.js';
import { CheckpointReader } from './checkpoint-reader.js';
import { RETRY } from './connection.js';
import { checkpointTopicOf, MAX_MESSAGE_BYTES, prepareTopics } from './topics.js';

/** How long a transaction may stay open before Kafka gives it up, milliseconds; one takes some. */
const TRANSACTION_MS = 10_000;
const KEY = 'checkpoint';

export interface KafkaTopicOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly transactionMs?: number;
  /** Told what is wrong with the topic, though it can be written. */
  readonly onWarning?: (message: string) => void;
  /** Told each step of a takeover or a transaction as it is done. */
  readonly onStep?: (step: Step) => void;
}

export type Step = 'initialised' | 'read' | 'begun' | 'sent' | 'committing' | 'committed';

/**
 * A CheckpointedTopic on Kafka: records and checkpoint in one transaction, under a transactional id that is the same for every writer
 * of the topic, so that the newest fences the others.
 */
export class KafkaTopic implements CheckpointedTopic {
  private admin: Admin | null = null;
  private reader: CheckpointReader | null = null;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: KafkaTopicOptions,
  ) {}

  async takeOver(): Promise<TopicWriter> {
    const { topic, partitions, transactionMs = TRANSACTION_MS, onStep = () => {} } = this.options;
    await this.prepared();
    const producer = this.kafka.producer({
      transactionalId: `${topic}-writer`,
      transactionTimeout: transactionMs,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: among(partitions),
      // The client would try for ever: an error must come out, and a new writer follows it.
      retry: RETRY,
    });
    try {
      // The order matters: first nobody else can commit any more, then what was committed is read.
      await producer.connect();
      // The first transaction asks for the producer's id and epoch; nothing of it exists for the broker before it has records.
      const first = await producer.transaction();
      onStep('initialised');
      const checkpoint = await this.committed();
      onStep('read');
      return new KafkaWriter(producer, first, topic, checkpoint, onStep);
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async committed(): Promise<string | null> {
    const { reader } = await this.open();
    try {
      return await reader.read();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { reader, admin } = this;
    this.reader = null;
    this.admin = null;
    await reader?.close().catch(() => undefined);
    await admin?.disconnect().catch(() => undefined);
  }

  /** Looks at the topics each time: somebody may have changed them since. */
  private async prepared(): Promise<void> {
    if (this.admin === null) {
      await this.open();
      return;
    }
    try {
      await this.prepareTopics(this.admin);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  private async prepareTopics(admin: Admin): Promise<void> {
    const { topic, partitions, onWarning = () => {} } = this.options;
    const warning = await prepareTopics(admin, { events: topic, checkpoints: checkpointTopicOf(topic) }, partitions);
    if (warning !== null) onWarning(warning);
  }

  private async open(): Promise<{ reader: CheckpointReader }> {
    if (this.reader !== null) return { reader: this.reader };
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      await this.prepareTopics(admin);
      this.reader = await CheckpointReader.open(this.kafka, admin, checkpointTopicOf(this.options.topic));
      this.admin = admin;
      return { reader: this.reader };
    } catch (error) {
      await admin.disconnect().catch(() => undefined);
      throw error;
    }
  }
}

/**
 * Used until the first error and never again: the client numbers its batches, and after an error it cannot know which numbers the
 * broker has seen. A broker takes a number that it has seen for a repeat and drops the batch in silence.
 */
class KafkaWriter implements TopicWriter {
  private ended = false;

  constructor(
    private readonly producer: Producer,
    private begun: Transaction | null,
    private readonly topic: string,
    readonly checkpoint: string | null,
    private readonly onStep: (step: Step) => void,
  ) {}

  async write(records: readonly TopicRecord[], checkpoint: string): Promise<void> {
    if (this.ended) throw new Error('this writer has ended: take over anew');
    const { producer, topic, onStep } = this;
    try {
      const transaction = this.begun ?? (await producer.transaction());
      this.begun = null;
      onStep('begun');
      const messages = records.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
      const topicMessages = [
        { topic: checkpointTopicOf(topic), messages: [{ key: KEY, value: checkpoint }] },
        ...(messages.length > 0 ? [{ topic, messages }] : []),
      ];
      await transaction.sendBatch({ acks: -1, topicMessages });
      onStep('sent');
      const committed = transaction.commit();
      onStep('committing');
      await committed;
      onStep('committed');
    } catch (error) {
      this.ended = true;
      if (isOf(FENCING, error)) throw new Fenced('another writer has taken over', { cause: error });
      if (isOf(TOO_LARGE, error) && records.length > 0) throw new Error(tooLarge(topic, records), { cause: error });
      throw error;
    }
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.producer.disconnect().catch(() => undefined);
  }
}

/** The usual choice by key, among so many partitions: those that are added while a writer lives must not move keys. */
export const among = (partitions: number): ICustomPartitioner => {
  const byKey = Partitioners.DefaultPartitioner();
  return () => (args) => byKey({ ...args, partitionMetadata: args.partitionMetadata.slice(0, partitions) });
};

const FENCING = [
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'TRANSACTION_COORDINATOR_FENCED',
];

const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

function isOf(types: readonly string[], error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (types.includes((cause as { type?: string }).type ?? '')) return true;
  }
  return false;
}

function tooLarge(topic: string, records: readonly TopicRecord[]): string {
  const sized = records.map(({ key, value, headers }) => ({
    id: headers['ce_id'] ?? key,
    bytes: Buffer.byteLength(value),
  }));
  const bytes = sized.reduce((sum, record) => sum + record.bytes, 0);
  const largest = sized.reduce((one, another) => (another.bytes > one.bytes ? another : one));
  return (
    `topic ${topic} does not take ${records.length} records of ${bytes} bytes at once (the largest is ${largest.id}, ` +
    `${largest.bytes} bytes): set its max.message.bytes to ${MAX_MESSAGE_BYTES} or more`
  );
}
