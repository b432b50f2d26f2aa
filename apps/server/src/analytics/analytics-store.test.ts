import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { MemoryEventStore } from '#testing/memory-event-store.js';
import { AnalyticsStore } from './analytics-store.js';
import { BatchLayer } from './batch-layer.js';
import { MergedView } from './merged-view.js';
import { speedRecords } from './speed-records.js';
import { auctionIds, type Placed, publicEventsOf, type Step, steps, storeOf } from './testing/auction-events.js';
import { foldWindows } from './testing/fold-windows.js';
import { rangeOf, type WindowSize } from './windows.js';

const never = new AbortController().signal;
const clock = { now: () => 1_800_000_000_000 };

let directory: string;
let files = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gavel-analytics-'));
});
afterAll(() => rm(directory, { recursive: true }));

const newFile = () => join(directory, `${++files}.db`);

/** Of three partitions, as keys go to them. */
const partitionOf = ({ event }: Placed) => auctionIds.indexOf(event.auctionId);

/** A store of events, what Kafka has of it, and both layers, which are opened anew as by a process that was killed. */
class World {
  analytics: AnalyticsStore;
  readonly file = newFile();
  private readonly offsets = [0, 0, 0];

  constructor(
    readonly store: MemoryEventStore,
    readonly events: readonly Placed[],
  ) {
    this.analytics = new AnalyticsStore(this.file);
  }

  static async of(history: readonly Step[]) {
    const store = storeOf(history);
    return new World(store, await publicEventsOf(store));
  }

  kill() {
    this.analytics.close();
    this.analytics = new AnalyticsStore(this.file);
    for (const partition of this.offsets.keys()) {
      this.offsets[partition] = Number(this.analytics.offsets('t').get(partition) ?? 0);
    }
  }

  /** The next records of a partition; `lost`: killed in front of the commit, or delivered again behind it. */
  consume(partition: number, count: number, again = false) {
    const from = this.offsets[partition] ?? 0;
    const own = this.events.filter((placed) => partitionOf(placed) === partition).slice(from, from + count);
    this.analytics.record(speedRecords({ topic: 't', partition, next: String(from + own.length) }, own));
    if (!again) this.offsets[partition] = from + own.length;
  }

  /** A batch that sees nothing of the store behind its first `count` public events. */
  batch(count: number, work: 'extend' | 'recompute') {
    const head = this.events[Math.min(count, this.events.length) - 1]?.position ?? null;
    const store = {
      head: async () => head,
      readAll: async (...args: Parameters<MemoryEventStore['readAll']>) =>
        (await this.store.readAll(...args)).filter(({ position }) => head !== null && Number(position) <= Number(head)),
    };
    return new BatchLayer(store, this.analytics, clock)[work](never);
  }

  async answer(size: WindowSize, auctionId?: string) {
    const view = new MergedView(this.file);
    const { asOf: _, ...answer } = await view.read(this.range(size), auctionId ?? null);
    await view.close();
    return answer;
  }

  /** All there is. */
  range(size: WindowSize) {
    const times = this.events.map(({ event }) => Date.parse(event.timestamp));
    // Minutes of days would be thousands.
    const first = size === 'minute' ? Math.max(...times) - 60 * 60_000 : Math.min(...times);
    return rangeOf(size, first, Math.max(...times) + 1);
  }

  async expectExact(events = this.events) {
    const shown = events.map(({ event }) => event);
    for (const size of ['minute', 'hour', 'day'] as const) {
      expect(await this.answer(size)).toEqual(foldWindows(shown, this.range(size)));
    }
    expect(await this.answer('day', auctionIds[1])).toEqual(foldWindows(shown, this.range('day'), auctionIds[1]));
  }
}

const action = fc.oneof(
  fc.record({ do: fc.constant('consume' as const), partition: fc.nat(2), count: fc.nat(12), again: fc.boolean() }),
  fc.record({ do: fc.constant('batch' as const), count: fc.nat(80), work: fc.constantFrom('extend', 'recompute') }),
  fc.record({ do: fc.constant('kill' as const) }),
);

describe('batch and speed layer', () => {
  it(
    'are together exactly the fold of the events, whatever is delivered again, killed or computed anew on the way',
    () =>
      fc.assert(
        fc.asyncProperty(steps, fc.array(action, { maxLength: 12 }), async (history, actions) => {
          const world = await World.of(history);
          let reached = 0;
          for (const act of actions) {
            if (act.do === 'kill') world.kill();
            if (act.do === 'consume') world.consume(act.partition, act.count, act.again);
            if (act.do === 'batch') {
              // The store itself is never set back here.
              reached = Math.max(reached, act.count);
              await world.batch(reached, act.work as 'extend');
            }
          }
          for (const partition of [0, 1, 2]) world.consume(partition, 1_000);
          await world.expectExact();
          await world.batch(1_000, 'extend');
          expect(world.analytics.speedEvents()).toBe(0);
          await world.expectExact();
          world.analytics.close();
        }),
        { numRuns: 40 },
      ),
    60_000,
  );

  it('are exact right behind a batch, though records of before it come later, or never', async () => {
    const world = await World.of(fc.sample(steps, { seed: 7, numRuns: 1 })[0] as Step[]);
    world.consume(0, 3);
    await world.batch(10, 'extend');
    await world.expectExact(world.events.slice(0, 10));
    const before = world.analytics.serving().position;
    expect(before).toBe(world.events[9]?.position);
    world.analytics.close();
  });

  it('count nothing of a store that was set back', async () => {
    const world = await World.of(fc.sample(steps, { seed: 7, numRuns: 1 })[0] as Step[]);
    await world.batch(10, 'extend');
    for (const partition of [0, 1, 2]) world.consume(partition, 1_000);
    await world.batch(6, 'extend');
    expect([world.analytics.speedEvents(), world.analytics.seen()]).toEqual([0, null]);
    await world.expectExact(world.events.slice(0, 6));
    world.analytics.close();
  });

  it('go on serving the old batch when a new one is killed half way, and leave nothing of it', async () => {
    const world = await World.of(fc.sample(steps, { seed: 3, numRuns: 1 })[0] as Step[]);
    await world.batch(1_000, 'extend');
    const anew = world.analytics.begin();
    world.analytics.advance(anew, { cells: new Map(), currencies: new Map(), soleUnitLots: new Set() }, '1', 0);
    world.kill();
    await world.expectExact();
    await world.batch(1_000, 'recompute');
    await world.expectExact();
    world.analytics.close();
  });

  it('begin anew where their file is damaged', async () => {
    const file = newFile();
    await writeFile(file, 'this is no database, and has never been one'.repeat(100));
    const analytics = new AnalyticsStore(file);
    expect(analytics.serving()).toEqual({ generation: 1, position: null, at: null });
    analytics.close();
  });
});
