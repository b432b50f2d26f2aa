import { MAX_LOTS } from '#auction/auction/auction.js';
import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import { publicEventOf } from '#contracts/public-events/public-event-of.js';
import type { EventToAppend } from '#event-store/event-store.js';
import { type CheckpointedTopic, Fenced, type TopicRecord, TopicUnusable } from '#messaging/checkpointed-topic.js';
import { eventRecord } from '#messaging/event-record.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { uuidV5 } from '#platform/uuid.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { until } from '#testing/until.js';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS, Relay } from './relay.js';

const TAKE_OVER_MS = 200;
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const { of: aliasOf } = new BidderAliases('a-key-of-this-test');

/** What a topic keeps, and whose turn it is to write. */
class MemoryTopic {
  readonly transactions: TopicRecord[][] = [];
  checkpoint: string | null = null;
  epoch = 0;
  /** What the next takeovers and writes throw, in turn. */
  readonly refusals: Error[] = [];

  connection(): CheckpointedTopic {
    return {
      takeOver: async () => {
        const refusal = this.refusals.shift();
        if (refusal !== undefined) throw refusal;
        const epoch = ++this.epoch;
        return {
          checkpoint: this.checkpoint,
          write: async (records, checkpoint) => {
            if (epoch !== this.epoch) throw new Fenced('another writer has taken over');
            this.transactions.push([...records]);
            this.checkpoint = checkpoint;
          },
          close: async () => {},
        };
      },
      committed: async () => this.checkpoint,
      close: async () => {},
    };
  }

  get ids(): string[] {
    return this.transactions.flat().map(({ headers }) => headers['ce_id'] as string);
  }
}

const created = (n: number, title: string): [stream: string, events: EventToAppend[]] => {
  const auctionId = uuidV5(`auction ${n}`);
  const data = { auctionId, title, currency: 'EUR', opensAt: null, closesAt: null, stagger: null, createdAt: 1 };
  const metadata = { commandId: auctionId, correlationId: 'a', causationId: 'a', actor: 'system' };
  return [`auction-${auctionId}`, [{ id: uuidV5(`event ${n}`), type: 'AuctionCreated', version: 1, data, metadata }]];
};

describe('the relay', () => {
  let store: MemoryEventStore;
  let topic: MemoryTopic;
  const relays: Relay[] = [];

  beforeEach(() => {
    store = new MemoryEventStore();
    topic = new MemoryTopic();
  });
  afterEach(async () => {
    for (const relay of relays.splice(0)) await relay.stop();
    await store.close();
  });

  const append = async (from: number, to: number, title = 'Watches') => {
    for (let n = from; n <= to; n += 1) {
      const [stream, events] = created(n, title);
      await store.append(stream, 'no-stream', events);
    }
  };
  const ids = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => uuidV5(`event ${from + i}`));
  const start = () => {
    const relay = new Relay({ store, topic: topic.connection(), aliasOf, log: silent, takeOverMs: TAKE_OVER_MS });
    relays.push(relay);
    relay.start();
    return relay;
  };

  it('goes on behind the checkpoint', async () => {
    await append(1, 3);
    const first = start();
    await until(() => topic.ids.length === 3);
    await first.stop();
    await append(4, 5);
    start();
    await until(() => topic.ids.length === 5);
    expect(topic.ids).toEqual(ids(1, 5));
  });

  it('commits a backlog in few transactions, each of a size that Kafka takes', async () => {
    await append(1, MAX_BATCH_EVENTS + 10, 'x'.repeat(300));
    start();
    await until(() => topic.ids.length === MAX_BATCH_EVENTS + 10);
    expect(topic.ids).toEqual(ids(1, MAX_BATCH_EVENTS + 10));
    const sizes = topic.transactions.map((records) => records.reduce((sum, { value }) => sum + value.length, 0));
    expect(Math.max(...sizes)).toBeLessThan(MAX_BATCH_BYTES);
    expect(Math.max(...topic.transactions.map(({ length }) => length))).toBeGreaterThan(500);
    expect(topic.transactions.length).toBeLessThan(12);
  });

  it('has no event that is larger than a batch: the largest, the end of an auction with every lot, takes half of one', () => {
    const lotId = uuidV5('a lot');
    const result = { lotId, state: 'sold', winnerId: 'w'.repeat(128), amount: 999_999_999_999, bidId: lotId };
    const data = { auctionId: lotId, results: Array(MAX_LOTS).fill(result), endedAt: 1 };
    const shown = publicEventOf({ id: lotId, type: 'AuctionEnded', data, recordedAt: 1 }, aliasOf) as PublicEvent;
    expect(Buffer.byteLength(eventRecord(shown).value)).toBeLessThan(MAX_BATCH_BYTES / 1.9);
  });

  it('stands by while another one works, and takes over when that one stands still', async () => {
    const first = start();
    await until(() => first.state === 'relaying');
    const second = start();
    await until(() => second.state === 'relaying');
    await append(1, 1);
    await until(() => first.state === 'standby');
    const { epoch } = topic;
    for (let n = 2; n < 12; n += 1) {
      await append(n, n);
      await until(() => topic.ids.length === n);
    }
    // The one that stands by has taken nothing back.
    expect([topic.epoch, first.state, first.failure]).toEqual([epoch, 'standby', null]);
    await second.stop();
    await append(12, 12);
    await until(() => topic.ids.length === 12);
    expect(first.state).toBe('relaying');
    expect(topic.ids).toEqual(ids(1, 12));
  });

  it('says why nothing reaches Kafka, and goes on by itself', async () => {
    topic.refusals.push(new Error('no broker'), new Error('no broker'));
    await append(1, 1);
    const relay = start();
    await until(() => relay.state === 'failing');
    expect(relay.failure).toBe('events do not reach Kafka: no broker');
    await until(() => topic.ids.length === 1);
    expect(relay.failure).toBeNull();
  });

  it('stops, and says why, when no repeat would help', async () => {
    topic.refusals.push(new TopicUnusable('topic events has 3 partitions instead of 12'));
    const relay = start();
    await until(() => relay.state === 'stopped');
    expect(relay.failure).toBe('the relay stopped: topic events has 3 partitions instead of 12');
    expect(topic.epoch).toBe(0);
  });

  it('stops in front of a topic that is ahead of the store', async () => {
    await append(1, 1);
    topic.checkpoint = '999999';
    const relay = start();
    await until(() => relay.state === 'stopped');
    expect(relay.failure).toContain('Kafka has events up to position 999999, but the event store ends at');
    expect(topic.transactions).toEqual([]);
  });

  it('stops in front of a topic whose last event the store has not, also when the store has grown past it', async () => {
    await append(1, 3);
    const first = start();
    await until(() => topic.ids.length === 3);
    await first.stop();
    // Restored from a backup of the first event, and gone on since.
    store = new MemoryEventStore();
    await append(1, 1);
    await append(11, 15);
    const second = start();
    await until(() => second.state === 'stopped');
    expect(second.failure).toBe(
      `the relay stopped: Kafka has events up to position 3, but the event store has not the event ${uuidV5('event 3')} there: ` +
        'it is another store, or one restored from an older backup; restore the newest, or begin with other topics',
    );
    expect(topic.ids).toEqual(ids(1, 3));
  });

  it('goes on behind a checkpoint of before ids were written', async () => {
    await append(1, 4);
    topic.checkpoint = '2';
    start();
    await until(() => topic.ids.length === 2);
    expect(topic.ids).toEqual(ids(3, 4));
  });
});
