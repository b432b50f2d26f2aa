import { copyFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { ids, newEvents } from '../contract-suite/samples.js';
import { type EventStore, StoreUnavailable, StoreUnusable } from '../event-store.js';
import { openEmbeddedReader } from './embedded-reader.js';
import { openEmbeddedStore } from './embedded-store.js';
import { cutOff, flipByte, overwrite } from './testing/damage.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { verifyFiles } from './verify-files.js';

const PAGE = 4_096;
const FRAME = PAGE + 24;
const noise = (length: number): Buffer => Buffer.alloc(length, '\u0013noise');

/** 30 streams of 20 events, in 20 commits. */
async function fill(store: EventStore): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const end = round === 0 ? 'no-stream' : round - 1;
    await Promise.all(Array.from({ length: 30 }, (_, lot) => store.append(`lot-${lot}`, end, newEvents(1))));
  }
}

/** A directory as a stopped server leaves it. */
async function stopped(): Promise<string> {
  const directory = temporaryDirectory();
  const store = await openEmbeddedStore({ directory });
  await fill(store);
  await store.close();
  return directory;
}

/** A directory as kill -9 leaves it: what `work` did stands in the log alone. */
async function killed(directory = temporaryDirectory(), work = fill): Promise<string> {
  const copy = temporaryDirectory();
  const store = await openEmbeddedStore({ directory });
  await work(store);
  for (const file of ['events.db', 'events.db-wal']) copyFileSync(join(directory, file), join(copy, file));
  await store.close();
  return copy;
}

const killedLater = async (): Promise<string> =>
  killed(await stopped(), async (store) => void (await store.append('lot-1', 19, newEvents(1))));

async function expectRefused(directory: string, reason: RegExp): Promise<void> {
  const before = readdirSync(directory).map((file) => [file, statSync(join(directory, file)).size]);
  const refused = openEmbeddedStore({ directory }).then(
    (store) => store.close(),
    (error: unknown) => error,
  );
  expect(await refused).toBeInstanceOf(StoreUnusable);
  expect(await refused).toMatchObject({ message: expect.stringMatching(reason) });
  expect(await refused).toMatchObject({ message: expect.stringContaining(directory) });
  const after = new Map(readdirSync(directory).map((file) => [file, statSync(join(directory, file)).size]));
  for (const [file, size] of before) expect([file, after.get(file as string)]).toEqual([file, size]);
}

describe('a start', () => {
  it('takes the files of a stopped and of a killed server', async () => {
    for (const directory of [await stopped(), await killed()]) {
      const store = await openEmbeddedStore({ directory });
      expect((await store.readAll(null, 1_000)).length).toBe(600);
      await store.close();
      expect(verifyFiles(directory)).toEqual({ events: 600, streams: 30, problems: [] });
    }
  });

  it.each([1, PAGE, 5 * PAGE + 1])('refuses a main file that lacks its last %d bytes', async (bytes) => {
    const directory = await stopped();
    cutOff(join(directory, 'events.db'), bytes);
    await expectRefused(directory, /events\.db is damaged: /);
  });

  it('refuses a main file that lacks pages which a log is too young to hold', async () => {
    const directory = await killedLater();
    cutOff(join(directory, 'events.db'), 10 * PAGE);
    await expectRefused(directory, /events\.db is truncated: it lacks page \d+ of \d+, and so does its log/);
  });

  it('refuses an empty main file, with a log beside it and without', async () => {
    for (const directory of [await stopped(), await killed()]) {
      writeFileSync(join(directory, 'events.db'), '');
      await expectRefused(directory, /events\.db is empty/);
    }
  });

  it('refuses a log whose main file is gone', async () => {
    const directory = await killed();
    rmSync(join(directory, 'events.db'));
    await expectRefused(directory, /events\.db is missing/);
  });

  it('refuses garbage', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'events.db'), noise(50_000));
    await expectRefused(directory, /file is not a database/);
  });

  it.each([
    ['the first page', 0],
    ['the page of the streams', PAGE],
    ['a page in the middle', 20 * PAGE],
    ['the last page', -PAGE],
  ])('refuses a main file with noise in %s', async (_, at) => {
    const directory = await stopped();
    overwrite(join(directory, 'events.db'), at, noise(PAGE));
    await expectRefused(directory, /events\.db is damaged: /);
  });

  it('refuses a main file with noise in a page, and leaves the log beside it alone', async () => {
    const directory = await killedLater();
    overwrite(join(directory, 'events.db'), 20 * PAGE, noise(PAGE));
    await expectRefused(directory, /events\.db is damaged: /);
    expect(verifyFiles(directory).problems).not.toEqual([]);
  });

  it('refuses a database of another program, and leaves it alone', async () => {
    const directory = temporaryDirectory();
    const db = new Database(join(directory, 'events.db'));
    db.exec('CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES (1)');
    db.close();
    await expectRefused(directory, /database of another program/);
  });

  it.each([
    ['PRAGMA user_version=3', /format 3, of another Gavel; this one knows 2/],
    ['DROP TABLE streams', /TABLE streams is missing/],
    ['DROP TABLE events', /TABLE events is missing/],
    [
      "UPDATE streams SET revision = 7 WHERE name = 'lot-3'",
      /stream lot-3 ends at revision 7 but has 20 events, 0 to 19/,
    ],
    ["DELETE FROM streams WHERE name = 'lot-3'", /stream without a name/],
    ['DELETE FROM events WHERE position = 300', /599 events stand at positions up to 600/],
    ['DELETE FROM events WHERE position > 590', /stream lot-\d+ ends at revision 19 but has 19 events/],
    ['UPDATE runs SET revision = 1 WHERE stream = 3', /stream 3: its events in epoch 0 and its run there disagree/],
    ['DELETE FROM runs WHERE stream = 3', /stream 3: its events in epoch 0 and its run there disagree/],
    ['INSERT INTO runs VALUES (3, 7, 1)', /stream 3: its events in epoch 1 and its run there disagree/],
    ["UPDATE events SET data = '{' WHERE position = 7", /event at position 7 is not JSON/],
  ])('refuses what %s leaves', async (change, reason) => {
    const directory = await stopped();
    const db = new Database(join(directory, 'events.db'));
    db.exec(change);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    await expectRefused(directory, reason);
  });
});

describe('the write-ahead log', () => {
  it('may end in the middle of a group: that one was never acknowledged, and all before it are there', async () => {
    const directory = await killed();
    cutOff(join(directory, 'events.db-wal'), 100);
    const store = await openEmbeddedStore({ directory });
    expect((await store.readAll(null, 1_000)).length).toBe(570);
    expect(await store.append('lot-1', 18, newEvents(1))).toMatchObject({ outcome: 'appended' });
    await store.close();
    expect(verifyFiles(directory)).toEqual({ events: 571, streams: 30, problems: [] });
  });

  it('is refused when a group is damaged that others follow: SQLite alone would drop them in silence', async () => {
    const directory = await killed();
    flipByte(join(directory, 'events.db-wal'), 32 + 40 * FRAME + 1_000);
    await expectRefused(directory, /events\.db-wal is damaged: frame 40 is wrong, but commits follow it/);
  });

  it('is refused when its header is damaged', async () => {
    const directory = await killed();
    flipByte(join(directory, 'events.db-wal'), 20);
    await expectRefused(directory, /events\.db-wal is damaged: its header does not check/);
  });

  it('may be all zeros, as a power cut leaves a new one', async () => {
    const directory = await stopped();
    writeFileSync(join(directory, 'events.db-wal'), Buffer.alloc(3 * FRAME));
    const store = await openEmbeddedStore({ directory });
    expect((await store.readAll(null, 1_000)).length).toBe(600);
    await store.close();
  });
});

describe('damage that shows while the store is in use', () => {
  let directory: string;
  let store: EventStore;
  beforeEach(async () => {
    directory = await stopped();
    store = await openEmbeddedStore({ directory });
    overwrite(join(directory, 'events.db'), PAGE, noise(statSync(join(directory, 'events.db')).size - PAGE));
  });
  afterEach(() => store.close());

  it('makes appends unavailable with the reason, and none is tried again', async () => {
    for (const stream of ['lot-1', 'lot-2', 'new-1']) {
      const failure = await store.append(stream, 'no-stream', newEvents(1)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(failure).toMatchObject({ ambiguous: false, message: expect.stringMatching(/events\.db is damaged: /) });
    }
  });

  it('makes reads unavailable with the reason', async () => {
    for (const read of [store.readAll(null, 10), store.readStream('lot-1', 0, 10)]) {
      await expect(read).rejects.toThrow(StoreUnavailable);
      await expect(read).rejects.toThrow(/events\.db is damaged: /);
    }
  });

  it('ends a follower with StoreUnusable: no waiting heals it', async () => {
    const batches = store.follow({ after: null, signal: new AbortController().signal });
    await expect(batches[Symbol.asyncIterator]().next()).rejects.toThrow(StoreUnusable);
  });

  it('is found by verify', () => {
    expect(verifyFiles(directory).problems).toEqual([expect.stringMatching(/events\.db is damaged: /)]);
  });
});

describe('an event that this program does not know', () => {
  it('is reported with its place, and hides nothing before it', async () => {
    const directory = await stopped();
    const db = new Database(join(directory, 'events.db'));
    db.exec("UPDATE events SET type = 'FromTheFuture' WHERE position = 300");
    db.close();
    const reader = openEmbeddedReader(directory);
    expect(ids(await reader.readAll(null, 299)).length).toBe(299);
    await expect(reader.readAll(null, 300)).rejects.toThrow(
      /event 9 of lot-\d+, at position 300, cannot be read: .*FromTheFuture/,
    );
    await reader.close();
  });
});
