import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { RETRY } from './connection.js';

export interface TopicReading {
  readonly topic: string;
  /** What reads, a word: its groups are `<topic>-<reader>-` and something random. */
  readonly reader: string;
  /** Where to begin, by partition; at the first record where it says nothing, or of an offset that is no longer there. */
  readonly offsets: () => ReadonlyMap<number, string>;
  /** Records that are committed, in their order. What it has not resolved for comes again. */
  readonly onRecords: (partition: number, records: readonly KafkaMessage[], rest: () => Promise<void>) => Promise<void>;
  readonly onJoined: () => void;
  readonly signal: AbortSignal;
}

/**
 * Reads all partitions of a topic, by itself: whoever calls keeps the offsets, and Kafka none. Resolves when the signal is aborted, and
 * rejects when reading fails: then it is to be called again.
 */
export async function readTopic(kafka: Kafka, reading: TopicReading): Promise<void> {
  const { topic, reader, signal } = reading;
  const consumer = kafka.consumer({
    // A group of its own, without commits: nobody shares the partitions, and nothing of it stays.
    groupId: `${topic}-${reader}-${randomUUID()}`,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 500,
    sessionTimeout: 30_000,
    retry: { ...RETRY, restartOnFailure: async () => false },
  });
  try {
    const failure = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
    const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
    await Promise.race([failure, begin(kafka, consumer, reading), aborted]);
    await Promise.race([failure, aborted]);
  } finally {
    await consumer.disconnect().catch(() => undefined);
  }
}

async function begin(kafka: Kafka, consumer: Consumer, reading: TopicReading): Promise<void> {
  const { topic, offsets, onRecords, onJoined, signal } = reading;
  let places: ReadonlyMap<number, string> | null = await placesThere(kafka, topic, offsets());
  // Whenever it joins anew, too: without committed offsets the client would begin at the first.
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const [partition, offset] of places ?? offsets()) consumer.seek({ topic, partition, offset });
    places = null;
    onJoined();
  });
  await consumer.connect();
  // Nobody waits for it any more.
  if (signal.aborted) return consumer.disconnect();
  await consumer.subscribe({ topic, fromBeginning: true });
  if (signal.aborted) return;
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, heartbeat }) => onRecords(batch.partition, batch.messages, heartbeat),
  });
}

/** Those that the topic has: retention may have passed the others, or the topic was made anew. The client would commit an offset then. */
async function placesThere(
  kafka: Kafka,
  topic: string,
  offsets: ReadonlyMap<number, string>,
): Promise<ReadonlyMap<number, string>> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(topic);
    const places = ends.flatMap(({ partition, low, high }): [number, string][] => {
      const offset = offsets.get(partition);
      const isThere = offset !== undefined && BigInt(offset) >= BigInt(low) && BigInt(offset) <= BigInt(high);
      return isThere ? [[partition, offset]] : [];
    });
    return new Map(places);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
