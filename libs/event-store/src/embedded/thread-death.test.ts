import { ids, newEvent, newEvents } from '../contract-suite/samples.js';
import { type EventStore, type RecordedEvent, StoreUnavailable } from '../event-store.js';
import { openWithWriter } from './embedded-store.js';
import { orderDeaths } from './testing/death-orders.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

describe('when the writer thread dies', () => {
  let directory: string;
  let store: EventStore;
  beforeEach(async () => {
    directory = temporaryDirectory();
    store = await openWithWriter({ directory }, new URL('./testing/mortal-writer-thread.js', import.meta.url));
    await store.append('lot-1', 'no-stream', [newEvent()]);
  });
  afterEach(() => store.close());

  it('before a commit: the append is ambiguous, and its repeat commits it', async () => {
    const events = newEvents(2);
    orderDeaths(directory, 'before-commit');
    expect(await failureOf(store.append('lot-1', 0, events))).toMatchObject({ ambiguous: true });
    expect((await store.readStream('lot-1', 1, 10)).length).toBe(0);
    await store.append('lot-1', 0, events);
    expect(ids(await store.readStream('lot-1', 1, 10))).toEqual(ids(events));
  });

  it('of an error of SQLite: it is told what that says', async () => {
    orderDeaths(directory, 'of-sqlite');
    const failure = await failureOf(store.append('lot-1', 0, newEvents(1)));
    expect(failure).toMatchObject({ message: expect.stringContaining('no such column: what_sqlite_says') });
  });

  it('after a commit: the append is ambiguous, and its repeat answers what was committed', async () => {
    const events = newEvents(2);
    orderDeaths(directory, 'after-commit');
    expect(await failureOf(store.append('lot-1', 0, events))).toMatchObject({ ambiguous: true });
    const committed = await store.readStream('lot-1', 1, 10);
    expect(ids(committed)).toEqual(ids(events));
    expect(await store.append('lot-1', 0, events)).toEqual({ outcome: 'appended', events: committed });
  });

  it('after a commit: a live follower gets the events that nobody was told of', async () => {
    const stop = new AbortController();
    const seen: RecordedEvent[] = [];
    const following = (async () => {
      for await (const batch of store.follow({ after: null, signal: stop.signal })) {
        seen.push(...batch);
        if (seen.length === 5) stop.abort();
      }
    })();
    await store.append('lot-1', 0, [newEvent()]);
    orderDeaths(directory, 'after-commit');
    await failureOf(store.append('lot-1', 1, newEvents(2)));
    while (seen.length < 4) await store.head();
    await store.append('lot-1', 3, [newEvent()]);
    await following;
    expect(seen).toEqual(await store.readStream('lot-1', 0, 10));
  });

  it('what waits behind the lost group is committed by the next thread', async () => {
    orderDeaths(directory, 'before-commit');
    const lost = failureOf(store.append('lot-1', 0, [newEvent()]));
    // Turns of the event loop and no time: the first group has left for its thread, whose end is not known yet.
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const waiting = store.append('lot-2', 'no-stream', [newEvent()]);
    expect(await lost).toMatchObject({ ambiguous: true });
    expect(await waiting).toMatchObject({ outcome: 'appended' });
  });

  it.each(['refuse-start', 'crash-at-start'] as const)(
    'and the next one cannot start: appends say that nothing was written, until it can (%s)',
    async (death) => {
      orderDeaths(directory, 'before-commit', death, death, death);
      await failureOf(store.append('lot-1', 0, [newEvent()]));
      expect((await store.readStream('lot-1', 0, 10)).length).toBe(1);
      // The first of the three starts, right after the death, may be over before the next append.
      await failureOf(store.append('lot-1', 0, [newEvent()]));
      const second = await failureOf(store.append('lot-1', 0, [newEvent()]));
      expect(second).toMatchObject({ ambiguous: false, message: expect.stringContaining('told not to start') });
      while (!(await succeeds(store.append('lot-1', 0, [newEvent()]))));
      expect((await store.readStream('lot-1', 0, 10)).length).toBe(2);
    },
  );

  it('closing waits for its end, and the files can be opened again', async () => {
    orderDeaths(directory, 'after-commit');
    const lost = failureOf(store.append('lot-1', 0, [newEvent()]));
    await store.close();
    expect(await lost).toMatchObject({ ambiguous: true });
    store = await openWithWriter({ directory }, new URL('./testing/mortal-writer-thread.js', import.meta.url));
    expect((await store.readStream('lot-1', 0, 10)).length).toBe(2);
  });
});

async function failureOf(append: Promise<unknown>): Promise<StoreUnavailable> {
  const failure = await append.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StoreUnavailable);
  return failure as StoreUnavailable;
}

const succeeds = (append: Promise<unknown>): Promise<boolean> =>
  append.then(
    () => true,
    () => false,
  );
