import type { Kafka } from 'kafkajs';
import { publicEventOf, publishedTypes } from '#contracts/public-events/public-event-of.js';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import type { TopicRecord } from '#messaging/checkpointed-topic.js';
import { eventRecord } from '#messaging/event-record.js';
import { kafkaClient } from '#messaging/kafka/connection.js';
import { KafkaTopic } from '#messaging/kafka/kafka-topic.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { HEADER_BYTES, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, Relay } from '../../../apps/server/src/relay/relay.js';
import type { Measured } from '../benchmark.js';
import { answer } from '../process/subject.js';

export interface BacklogTask {
  readonly way: 'relay' | 'bare';
  /** Of the store. */
  readonly directory: string;
  readonly brokers: string;
  readonly topic: string;
}

const PARTITIONS = 12;
const aliases = new BidderAliases('a-key-of-this-benchmark');
const quiet = { info: () => {}, warn: console.error, error: console.error, debug: () => {} };

answer<BacklogTask, Measured>(async (task) => {
  const kafka = kafkaClient({ brokers: [task.brokers] }, quiet);
  // Both find their topics made.
  const topic = new KafkaTopic(kafka, { topic: task.topic, partitions: PARTITIONS });
  await (await topic.takeOver()).close();
  return task.way === 'relay' ? relayed(task, topic) : sent(task, kafka);
});

/** From the start of the relay, its connections included, to the commit of the last event. */
async function relayed({ directory }: BacklogTask, topic: KafkaTopic): Promise<Measured> {
  const store = await openEmbeddedStore({ directory });
  const counted = { events: 0, transactions: 0 };
  const total = await count(directory);
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const relay = new Relay({
      store,
      topic,
      aliasOf: aliases.of,
      log: quiet,
      takeOverMs: 60_000,
      onCommit: (events) => {
        counted.events += events;
        counted.transactions += 1;
        if (counted.events === total) resolve();
      },
    });
    relay.start();
  });
  return figures(started, counted.events, counted.transactions);
}

/** The same records in batches of the same size, made beforehand. */
async function sent({ directory, topic }: BacklogTask, kafka: Kafka): Promise<Measured> {
  const batches = await batchesOf(directory);
  const producer = kafka.producer({ maxInFlightRequests: 1 });
  const started = performance.now();
  await producer.connect();
  for (const batch of batches) {
    const messages = batch.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
    await producer.sendBatch({ acks: -1, topicMessages: [{ topic, messages }] });
  }
  return figures(started, batches.flat().length, batches.length);
}

function figures(started: number, events: number, batches: number): Measured {
  const seconds = (performance.now() - started) / 1_000;
  return { value: events / seconds, details: { events, batches, seconds } };
}

async function batchesOf(directory: string): Promise<TopicRecord[][]> {
  const batches: TopicRecord[][] = [[]];
  let bytes = 0;
  for await (const page of pages(directory)) {
    for (const event of page) {
      const shown = publicEventOf(event, aliases.of);
      if (shown === null) continue;
      const record = eventRecord(shown);
      const size = Buffer.byteLength(record.value) + HEADER_BYTES;
      bytes += size;
      if (bytes > MAX_BATCH_BYTES || batches.at(-1)?.length === MAX_BATCH_EVENTS) {
        batches.push([]);
        bytes = size;
      }
      batches.at(-1)?.push(record);
    }
  }
  return batches;
}

async function count(directory: string): Promise<number> {
  let events = 0;
  for await (const page of pages(directory)) events += page.length;
  return events;
}

async function* pages(directory: string) {
  const reader = openEmbeddedReader(directory);
  for (let after: string | null = null; ; ) {
    const page = await reader.readAll(after, 5_000, publishedTypes);
    if (page.length === 0) break;
    yield page;
    after = page.at(-1)?.position ?? after;
  }
  await reader.close();
}
