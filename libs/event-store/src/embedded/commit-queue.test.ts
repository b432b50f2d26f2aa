import { nextPoll } from '#platform/next-poll.js';
import type { CommitReport } from '../commit-report.js';
import { newEvent, newEvents } from '../contract-suite/samples.js';
import { type EventStore, StoreUnavailable } from '../event-store.js';
import { catalogueUpcast } from '../upcast.js';
import { WORTH_A_COMMIT } from '../worth-a-commit.js';
import type { CommitGroup, Outcome } from './commit-group.js';
import { CommitQueue } from './commit-queue.js';
import { type EmbeddedStoreOptions, openEmbeddedStore } from './embedded-store.js';
import { RecentEvents } from './recent-events.js';
import type { WriterThread } from './sqlite-store.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

async function withStore(
  options: Partial<EmbeddedStoreOptions>,
  use: (store: EventStore) => Promise<void>,
): Promise<void> {
  const store = await openEmbeddedStore({ directory: temporaryDirectory(), ...options });
  try {
    await use(store);
  } finally {
    await store.close();
  }
}

const appendToEach = (store: EventStore, count: number, size = 1) =>
  Array.from({ length: count }, (_, lot) =>
    store.append(`lot-${lot}`, 'no-stream', [newEvent({ data: { text: 'x'.repeat(size) } })]),
  );

describe('appends that are handed over together', () => {
  it('share a commit, and one report tells of it', async () => {
    const reports: CommitReport[] = [];
    await withStore({ onCommit: (report) => void reports.push(report) }, async (store) => {
      const metadata = newEvent().metadata;
      const sizes = [1, 2].map((data) => JSON.stringify({ data }).length + JSON.stringify(metadata).length);
      await Promise.all([
        store.append('a', 'no-stream', [
          newEvent({ data: { data: 1 }, metadata }),
          newEvent({ data: { data: 2 }, metadata }),
        ]),
        store.append('b', 'no-stream', [newEvent({ data: { data: 1 }, metadata })]),
        store.append('b', 7, [newEvent()]),
      ]);
      const bytes = (sizes[0] ?? 0) * 2 + (sizes[1] ?? 0);
      expect(reports).toEqual([{ appends: 2, events: 3, bytes, milliseconds: expect.any(Number) }]);
      expect(reports[0]?.milliseconds).toBeGreaterThan(0);
    });
  });

  it('are committed in the order of their hand-over: one may build on the one before', async () => {
    await withStore({}, async (store) => {
      const appends = Array.from({ length: 500 }, (_, i) =>
        store.append('lot-1', i === 0 ? 'no-stream' : i - 1, [newEvent()]),
      );
      expect((await Promise.all(appends)).every(({ outcome }) => outcome === 'appended')).toBe(true);
    });
  });

  it('are split into groups of bounded size', async () => {
    const reports: CommitReport[] = [];
    await withStore({ onCommit: (report) => void reports.push(report) }, async (store) => {
      await Promise.all(appendToEach(store, 10, 1_000_000));
      await Promise.all(appendToEach(store, 9_000).map((append) => append.catch(() => {})));
      expect(reports.reduce((sum, { events }) => sum + events, 0)).toBe(9_000);
      expect(Math.max(...reports.map(({ events }) => events))).toBeLessThanOrEqual(4_000);
      expect(Math.max(...reports.map(({ bytes }) => bytes))).toBeLessThanOrEqual(4 * 1_048_576);
    });
  });

  it('are halved when they are a crowd, so that one half is on its way while the other is committed', async () => {
    const reports: CommitReport[] = [];
    await withStore({ onCommit: (report) => void reports.push(report) }, async (store) => {
      await Promise.all(appendToEach(store, 200));
      expect(reports.map(({ appends }) => appends)).toEqual([100, 100]);
      await Promise.all([...Array(100).keys()].map((lot) => store.append(`lot-${lot}`, 0, [newEvent()])));
      expect(reports.map(({ appends }) => appends)).toEqual([100, 100, 100]);
    });
  });

  it('are halved by their events', async () => {
    const reports: CommitReport[] = [];
    await withStore({ onCommit: (report) => void reports.push(report) }, async (store) => {
      await Promise.all(['a', 'b'].map((stream) => store.append(stream, 'no-stream', newEvents(100))));
      expect(reports.map(({ events }) => events)).toEqual([100, 100]);
    });
  });

  it('by callers in two groups are on their way again before the answer to the other group is read', async () => {
    const requests: { group: CommitGroup; answer: (outcomes: Outcome[]) => void }[] = [];
    const request = (group: CommitGroup) =>
      new Promise<Outcome[]>((answer) => {
        requests.push({ group, answer });
      });
    const queue = new CommitQueue({
      writer: { request } as unknown as WriterThread,
      recent: new RecentEvents(),
      upcast: catalogueUpcast,
      now: () => 0,
    });
    for (let lot = 0; lot < 2 * WORTH_A_COMMIT; lot += 1) {
      void queue
        .append(`lot-${lot}`, 'no-stream', [newEvent()])
        .then(() => queue.append(`lot-${lot}`, 0, [newEvent()]));
    }
    await nextPoll();
    await nextPoll();
    expect(requests.map(({ group }) => group.streams.length)).toEqual([WORTH_A_COMMIT, WORTH_A_COMMIT]);
    requests[0]?.answer(Array.from({ length: WORTH_A_COMMIT }, (_, i) => i + 1));
    // Without a turn of the event loop.
    for (let i = 0; i < 5; i += 1) await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(requests[2]?.group.streams).toEqual(requests[0]?.group.streams);
  });

  it('wait for the commit in flight when they are few', async () => {
    const reports: CommitReport[] = [];
    await withStore({ onCommit: (report) => void reports.push(report) }, async (store) => {
      const first = store.append('lot-a', 'no-stream', [newEvent()]);
      await nextPoll();
      const others: Promise<unknown>[] = [];
      for (let lot = 0; lot < 20; lot += 1) others.push(store.append(`lot-${lot}`, 'no-stream', [newEvent()]));
      await Promise.all([first, ...others]);
      expect(reports.map(({ appends }) => appends)).toEqual([1, 20]);
    });
  });

  it('are all committed before the store is closed', async () => {
    const store = await openEmbeddedStore({ directory: temporaryDirectory() });
    const appends = appendToEach(store, 300);
    await Promise.all([store.close(), ...appends]);
    await expect(store.append('lot-x', 'no-stream', [newEvent()])).rejects.toThrow('closed');
  });

  it('go alone when they are larger than a group', async () => {
    await withStore({}, async (store) => {
      const append = await store.append('lot-1', 'no-stream', newEvents(5_000));
      expect(append).toMatchObject({ outcome: 'appended', events: { length: 5_000 } });
    });
  });

  it.each([
    ['events', { events: 50, characters: 1e9 }, 1],
    ['characters', { events: 1e9, characters: 50_000 }, 1_000],
  ])(
    'beyond what may wait, in %s, are refused at once and for certain; the others are committed',
    async (_, queue, size) => {
      await withStore({ queue }, async (store) => {
        const results = await Promise.allSettled(appendToEach(store, 60, size));
        const refused = results.filter((result) => result.status === 'rejected');
        expect(refused.length).toBeGreaterThanOrEqual(10);
        for (const { reason } of refused) {
          expect(reason).toBeInstanceOf(StoreUnavailable);
          expect(reason).toMatchObject({ ambiguous: false, message: expect.stringContaining('overloaded') });
        }
        expect((await store.readAll(null, 1_000)).length).toBe(60 - refused.length);
        await Promise.all(appendToEach(store, 20, size));
      });
    },
  );
});

describe('the time of recording', () => {
  it('comes from the clock that is given, and stays', async () => {
    let time = 1_000;
    await withStore({ now: () => time }, async (store) => {
      const events = newEvents(2);
      await store.append('lot-1', 'no-stream', events);
      time = 2_000;
      await store.append('lot-1', 1, [newEvent()]);
      await store.append('lot-1', 'no-stream', events);
      expect((await store.readStream('lot-1', 0, 10)).map(({ recordedAt }) => recordedAt)).toEqual([
        1_000, 1_000, 2_000,
      ]);
    });
  });
});

describe('an empty store', () => {
  it('has no head, and nothing to read', async () => {
    await withStore({}, async (store) => {
      expect(await store.head()).toBeNull();
      expect(await store.readAll(null, 10)).toEqual([]);
      expect(await store.readAll(null, 10, ['BidPlaced'])).toEqual([]);
    });
  });

  it('numbers positions from 1, without gaps', async () => {
    await withStore({}, async (store) => {
      await Promise.all(appendToEach(store, 3));
      expect((await store.readAll(null, 10)).map(({ position }) => position)).toEqual(['1', '2', '3']);
      expect(await store.head()).toBe('3');
    });
  });

  it('refuses what is no position as a programming error', async () => {
    await withStore({}, async (store) => {
      for (const after of ['', '-1', '1.5', 'x', '99999999999999999999']) {
        await expect(store.readAll(after, 1)).rejects.toThrow(TypeError);
      }
    });
  });
});
