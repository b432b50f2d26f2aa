import { jest } from '@jest/globals';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { PublicEntry, PublicLog, type PublicPage } from '../feed/public-log.js';
import { Lane } from './lane.js';

const entry = (position: number) =>
  new PublicEntry({ position: String(position), id: `event ${position}`, type: 'AuctionStarted' } as never, String);
const pageOf = (from: number, to: number): PublicPage => {
  const entries = Array.from({ length: to - from + 1 }, (_, i) => entry(from + i));
  return { entries, until: String(to), end: true };
};

/** A log whose memory and store answer what the test says, when it says so. */
class TestLog extends PublicLog {
  /** The last event in memory; null: memory knows nothing yet. */
  inMemory: number | null = null;
  ahead: boolean | 'unknown' = false;
  /** Ids of events by their positions. */
  inStore: Record<string, string> = {};
  readonly asked: { after: string | null; answer(page: PublicPage): void; fail(): void }[] = [];

  constructor() {
    super({ store: new MemoryEventStore(), aliasOf: String, log: { error: () => {} } });
  }
  override recentAfter(after: string | null): PublicPage | undefined {
    return this.inMemory === null ? undefined : pageOf(Number(after ?? 0) + 1, this.inMemory);
  }
  override async has(position: string, isIt: (eventId: string) => boolean): Promise<boolean> {
    if (this.ahead === 'unknown') throw new Error('the store is away');
    return isIt(this.inStore[position] ?? '');
  }
  override async isAhead(): Promise<boolean> {
    if (this.ahead === 'unknown') throw new Error('the store is away');
    return this.ahead;
  }
  override page(after: string | null): Promise<PublicPage> {
    return new Promise((answer, reject) => {
      this.asked.push({ after, answer, fail: () => reject(new Error('the store is away')) });
    });
  }
}

describe('a lane', () => {
  let log: TestLog;
  const onSetBack = jest.fn();
  beforeEach(() => {
    log = new TestLog();
    onSetBack.mockClear();
  });
  const laneOf = (
    more: { after?: string; eventId?: string; until?: string; wants?: (entry: PublicEntry) => boolean } = {},
  ) => {
    const { after: position = null, eventId = null, until = null, wants = () => true } = more;
    return new Lane({ log, after: { position, eventId }, until, wants, wake: () => {}, onSetBack });
  };
  const taken = (lane: Lane) => {
    const entries: PublicEntry[] = [];
    for (let next = lane.take(); next !== undefined; next = lane.take()) entries.push(next);
    return entries;
  };
  const positions = (entries: readonly PublicEntry[]) => entries.map(({ position }) => position);
  const arrived = () => new Promise((resolve) => setImmediate(resolve));

  it('hands out nothing twice when memory has what a page on its way from the store has, too', async () => {
    const lane = laneOf();
    expect(lane.take()).toBeUndefined();
    expect(log.asked.map(({ after }) => after)).toEqual([null]);
    log.inMemory = 3;
    const early = taken(lane);
    log.asked[0]?.answer(pageOf(1, 2));
    await arrived();
    expect(positions([...early, ...taken(lane)])).toEqual(['1', '2', '3']);
  });

  it('stands in front of the first that is not settled, and behind what it does not want', () => {
    log.inMemory = 4;
    const lane = laneOf({ wants: ({ position }) => position !== '4' });
    const [first, second, third] = taken(lane) as [PublicEntry, PublicEntry, PublicEntry];
    lane.settle(second);
    expect(lane.stand).toEqual({ position: null, eventId: null });
    lane.settle(first);
    expect(lane.stand).toEqual({ position: '2', eventId: 'event 2' });
    lane.settle(third);
    expect(lane.stand).toEqual({ position: '4', eventId: 'event 4' });
  });

  it('of a replay ends with its last event, and is finished when that is settled', () => {
    log.inMemory = 4;
    const lane = laneOf({ until: '2' });
    const entries = taken(lane);
    expect([positions(entries), lane.finished]).toEqual([['1', '2'], false]);
    for (const each of entries) lane.settle(each);
    expect(lane.finished).toBe(true);
  });

  it('asks the store again, a second later at the soonest, when it was away', async () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(5_000);
    const lane = laneOf();
    lane.take();
    log.asked[0]?.fail();
    await arrived();
    lane.take();
    expect(log.asked).toHaveLength(1);
    now.mockReturnValue(6_000);
    lane.take();
    expect(log.asked).toHaveLength(2);
    now.mockRestore();
  });

  it.each([
    ['has nothing new', false],
    ['was set back', true],
    ['goes away then', 'unknown'],
  ] as const)('asks a store that %s no more than once a second, and tells which it is', async (_, ahead) => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(5_000);
    log.ahead = ahead;
    const lane = laneOf({ after: '80' });
    lane.take();
    log.asked[0]?.answer({ entries: [], until: '80', end: true });
    await arrived();
    lane.take();
    expect(log.asked).toHaveLength(1);
    expect(onSetBack).toHaveBeenCalledTimes(ahead === true ? 1 : 0);
    now.mockReturnValue(6_000);
    lane.take();
    expect(log.asked).toHaveLength(2);
    now.mockRestore();
  });

  it('begins behind an event only when the store has that one there, and tells when it has another one', async () => {
    log.inMemory = 90;
    log.inStore = { 80: 'event 80' };
    const [same, other] = [laneOf({ after: '80', eventId: 'event 80' }), laneOf({ after: '80', eventId: 'lost' })];
    expect([same.take(), other.take()]).toEqual([undefined, undefined]);
    await arrived();
    expect(onSetBack).toHaveBeenCalledTimes(1);
    expect([same.take()?.position, other.take()]).toEqual(['81', undefined]);
    expect(other.stand).toEqual({ position: '80', eventId: 'lost' });
  });

  it('waits for a store that is away before it begins behind an event', async () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(5_000);
    log.inMemory = 90;
    log.inStore = { 80: 'event 80' };
    log.ahead = 'unknown';
    const lane = laneOf({ after: '80', eventId: 'event 80' });
    lane.take();
    await arrived();
    log.ahead = false;
    expect(lane.take()).toBeUndefined();
    now.mockReturnValue(6_000);
    lane.take();
    await arrived();
    expect([lane.take()?.position, onSetBack.mock.calls]).toEqual(['81', []]);
    now.mockRestore();
  });

  it('holds no more than 256 events that are not settled', () => {
    log.inMemory = 300;
    const lane = laneOf();
    const entries = taken(lane);
    expect(entries).toHaveLength(256);
    lane.settle(entries[0] as PublicEntry);
    expect(positions(taken(lane))).toEqual(['257']);
  });
});
