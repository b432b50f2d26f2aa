import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { publicEventOf, publishedTypes } from '#contracts/public-events/public-event-of.js';
import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import type { EventStore } from '#event-store/event-store.js';
import { eventRecord } from '#messaging/event-record.js';
import { kafkaClient } from '#messaging/kafka/connection.js';
import { KafkaTopic } from '#messaging/kafka/kafka-topic.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { Relay } from '../../../apps/server/src/relay/relay.js';
import { LotWriter } from '../../../apps/server/src/writers.js';
import type { Measured } from '../benchmark.js';
import { openLots } from '../bidding/open-lots.js';
import { LEADING_FROM, placeBid } from '../bidding/place-bid.js';
import { answer } from '../process/subject.js';

export interface LatencyTask {
  readonly way: 'relay' | 'bare';
  /** For a new store. */
  readonly directory: string;
  readonly brokers: string;
  readonly topic: string;
  readonly seconds: number;
  /** Bids a second. */
  readonly rate: number;
}

const TICK_MS = 5;
const PATIENCE_MS = 20_000;
const LOTS = 50;
const aliases = new BidderAliases('a-key-of-this-benchmark');
const quiet = { info: () => {}, warn: console.error, error: console.error, debug: () => {} };

/** Bids at a steady rate; the time of each from its acknowledged commit until a read-committed consumer has it. */
answer<LatencyTask, Measured>(async ({ way, directory, brokers, topic: name, seconds, rate }) => {
  const kafka = kafkaClient({ brokers: [brokers] }, quiet);
  const topic = new KafkaTopic(kafka, { topic: name, partitions: 12 });
  await (await topic.takeOver()).close();
  const store = await openEmbeddedStore({ directory });
  const lots = new LotWriter(store);
  const lotIds = await openLots(store, lots, { count: LOTS, proxies: false });
  if (way === 'bare') void sendBare(store, kafka, name);
  else await relaying(new Relay({ store, topic, aliasOf: aliases.of, log: quiet, takeOverMs: 60_000 }));

  // Every bid has an amount of its own: it tells which one arrived.
  const committed = new Map<number, number>();
  const seen = new Map<number, number>();
  await consume(kafka, name, (amount) => seen.set(amount, performance.now()));
  const bids = rate * seconds;
  const started = performance.now();
  for (let bid = 0; bid < bids; bid += 1) {
    const due = started + (bid / rate) * 1_000;
    if (due > performance.now()) await sleep(TICK_MS);
    const amount = LEADING_FROM + bid;
    const lotId = lotIds[bid % LOTS] as string;
    void placeBid(lots, { lotId, bidderId: `bidder-${bid % 100}`, amount }).then(() =>
      committed.set(amount, performance.now()),
    );
  }
  for (const end = performance.now() + PATIENCE_MS; committed.size < bids || seen.size < bids; await sleep(50)) {
    if (performance.now() > end)
      throw new Error(`of ${bids} bids ${committed.size} were stored and ${seen.size} arrived`);
  }
  const delays = [...committed].map(([amount, at]) => (seen.get(amount) as number) - at).sort((a, b) => a - b);
  const at = (share: number) => delays[Math.floor(delays.length * share)] as number;
  return { value: at(0.5), details: { 'p99, ms': at(0.99), 'most, ms': delays.at(-1) as number, events: bids } };
});

async function relaying(relay: Relay): Promise<void> {
  relay.start();
  while (relay.state !== 'relaying') await sleep(10);
}

/** As partners read: only what is committed. Answers once it has its partitions. */
async function consume(kafka: Kafka, topic: string, onBid: (amount: number) => void): Promise<void> {
  const consumer = kafka.consumer({ groupId: `latency-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        const { eventType, payload } = JSON.parse(String(value));
        if (eventType === 'BidPlaced') onBid(payload.amount);
      }
    },
  });
  await joined;
}

/** What is the least that any sending does: each batch of the store at once, without transaction or checkpoint. */
async function sendBare(store: EventStore, kafka: Kafka, topic: string): Promise<void> {
  const producer = kafka.producer({ maxInFlightRequests: 1 });
  await producer.connect();
  const { signal } = new AbortController();
  for await (const events of store.follow({ after: null, signal, types: publishedTypes })) {
    const shown = events.map((event) => publicEventOf(event, aliases.of)).filter((event) => event !== null);
    const messages = shown
      .map((event) => eventRecord(event))
      .map((record) => ({ ...record, headers: { ...record.headers } }));
    await producer.sendBatch({ acks: -1, topicMessages: [{ topic, messages }] });
  }
}
