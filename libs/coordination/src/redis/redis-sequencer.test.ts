import { lotDecider } from '#auction/lot/lot-decider.js';
import type { EventOf } from '#contracts/events/define-event.js';
import type { BidPlaced } from '#contracts/events/lot-events.js';
import { lotStream } from '#contracts/ids.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import { StreamWriter } from '#event-store/stream-writer/stream-writer.js';
import { uuidV7 } from '#platform/uuid.js';
import { id, lotTerms, OPENS, placeBid } from '#testing/lot-builders.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { describeWith } from '#testing/needs.js';
import { RedisServer, redisNeeds } from '#testing/redis-server.js';
import { until } from '#testing/until.js';
import { RedisLink } from './redis-link.js';
import { RedisSequencer } from './redis-sequencer.js';

type BidData = EventOf<typeof BidPlaced>['data'];

const commandContext = (): CommandContext => ({
  commandId: uuidV7(),
  correlationId: 'test',
  causationId: 'test',
  actor: 'bidder:ann',
});
const listLot = (lotId: string) =>
  ({ type: 'ListLot', lotId, auctionId: id(2), ordinal: 1, terms: lotTerms(), extendsAsGroup: false }) as const;
const openLot = { type: 'OpenLot', at: OPENS } as const;
let lots = 0;
const DRAWS = 10_000;
/** The machine may be busy with other suites. */
const patient = { answerMs: 10_000 };

describeWith(redisNeeds, 'with a real Redis', () => {
  let redis: RedisServer;
  let link: RedisLink;
  let other: RedisLink;
  beforeAll(async () => {
    redis = await RedisServer.start();
    link = await RedisLink.open(redis.url, patient);
    other = await RedisLink.open(redis.url, patient);
  });
  afterAll(async () => {
    await link.close();
    await other.close();
    await redis.stop();
  });

  describe('a process', () => {
    const streams = new Map<string, number>();
    let sequencer: RedisSequencer;
    let lot: string;
    beforeAll(() => {
      sequencer = new RedisSequencer(link, async (lotId) => streams.get(lotId) ?? 0);
    });
    beforeEach(() => {
      lot = id(++lots);
    });

    const drawMany = async (count: number) =>
      (await Promise.all(Array.from({ length: count }, () => sequencer.draw(lot)))) as number[];

    it('counts a new lot from 1', async () => {
      expect([await sequencer.draw(lot), await sequencer.draw(lot), await sequencer.draw(lot)]).toEqual([1, 2, 3]);
    });

    it('goes on behind what stands in the stream', async () => {
      streams.set(lot, 41);
      expect(await sequencer.draw(lot)).toBe(42);
    });

    it('counts each lot by itself', async () => {
      const another = id(++lots);
      expect([await sequencer.draw(lot), await sequencer.draw(another), await sequencer.draw(lot)]).toEqual([1, 1, 2]);
    });

    it('draws 10,000 numbers in parallel, each one of its own, in the order of the calls', async () => {
      expect(await drawMany(DRAWS)).toEqual(Array.from({ length: DRAWS }, (_, i) => i + 1));
    });

    it('never reuses a number of the stream when all is lost between parallel draws', async () => {
      const before = await drawMany(DRAWS / 2);
      streams.set(lot, Math.max(...before));
      await redis.flush();
      const after = await drawMany(DRAWS / 2);
      expect(Math.min(...after)).toBeGreaterThan(Math.max(...before));
      expect(new Set(after).size).toBe(DRAWS / 2);
    });

    it('rises above a number that the stream gave to somebody else', async () => {
      await sequencer.draw(lot);
      sequencer.stored(lot, 70);
      sequencer.stored(lot, 60);
      expect(await sequencer.draw(lot)).toBe(71);
    });

    it('has no number while the stream cannot be read, and one as soon as it can', async () => {
      let away = true;
      const reading = new RedisSequencer(link, async () => {
        if (away) throw new Error('the store is away');
        return 5;
      });
      expect(await reading.draw(lot)).toBe(null);
      away = false;
      expect(await reading.draw(lot)).toBe(6);
    });
  });

  describe('two processes', () => {
    const both = (lastStored: () => Promise<number>): [RedisSequencer, RedisSequencer] => [
      new RedisSequencer(link, lastStored),
      new RedisSequencer(other, lastStored),
    ];
    const drawMany = (sequencers: readonly RedisSequencer[], lot: string, count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => sequencers[i % sequencers.length]?.draw(lot)));

    it('never draw the same number, also when both find the counter missing', async () => {
      const drawn = await drawMany(
        both(async () => 30),
        'shared',
        10_000,
      );
      expect([...drawn].sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: 10_000 }, (_, i) => 31 + i),
      );
    });

    it('draw on above what they have seen when Redis goes back to an old copy', async () => {
      const sequencers = both(async () => 0);
      await drawMany(sequencers, 'old', 100);
      await redis.snapshot();
      const highest: number[] = [];
      for (const sequencer of sequencers) {
        highest.push(Math.max(...((await drawMany([sequencer], 'old', 50)) as number[])));
      }
      await redis.restartFromSnapshot();
      await until(() => link.away === null && other.away === null);
      expect(await redis.client.get('bid:seq:old')).toBe('100');
      for (const [i, sequencer] of sequencers.entries()) {
        expect(await sequencer.draw('old')).toBeGreaterThan(highest[i] as number);
      }
    });
  });

  it.each([
    ['all is lost', () => redis.flush()],
    ['Redis goes back to an old copy', () => redis.restartFromSnapshot()],
  ])('gives every bid that two processes store a number of its own, also when %s meanwhile', async (_, lose) => {
    const store = new MemoryEventStore();
    const lot = id(++lots);
    const writer = () => new StreamWriter(store, lotDecider, lotStream);
    const writers = [writer(), writer()] as const;
    for (const command of [listLot(lot), openLot]) await writers[0].execute(lot, command, commandContext());
    const lastStored = async () => {
      const { state } = await writers[0].load(lot);
      return state.phase === 'not-listed' ? 0 : state.lastSequence;
    };
    const sequencers = [new RedisSequencer(link, lastStored), new RedisSequencer(other, lastStored)] as const;
    const bid = async (nth: number) => {
      const process = (nth % 2) as 0 | 1;
      const sequence = await sequencers[process].draw(lot);
      const command = { ...placeBid('ann', 2_000 + nth), ...(sequence !== null && { sequence }) };
      await writers[process].execute(lot, command, commandContext());
    };
    const bids = (from: number) => Promise.all(Array.from({ length: 100 }, (_, i) => bid(from + i)));
    await bids(0);
    await redis.snapshot();
    const during = [bids(100), bids(200)];
    await lose();
    await Promise.all([...during, bids(300)]);
    await until(() => link.away === null && other.away === null);
    await bids(400);
    const stored = (await store.readStream(lotStream(lot), 2, 10_000)).map(({ data }) => (data as BidData).sequence);
    expect(stored).toHaveLength(500);
    for (const [i, sequence] of stored.entries()) expect(sequence).toBeGreaterThan(stored[i - 1] ?? 0);
  });

  it('leaves counters that nobody uses to expire', async () => {
    await new RedisSequencer(link, async () => 0).draw('idle');
    expect(await redis.client.get('bid:seq:idle')).toBe('1');
    expect(await redis.client.pttl('bid:seq:idle')).toBeGreaterThan(0);
  });

  it('has no number for a lot whose key somebody else has written, and asks Redis about the others', async () => {
    await redis.client.hset('bid:seq:foreign', 'a', '1');
    const sequencer = new RedisSequencer(link, async () => 0);
    expect(await sequencer.draw('foreign')).toBe(null);
    expect(link.away).toBe(null);
    expect(await sequencer.draw('own')).toBe(1);
  });
});
