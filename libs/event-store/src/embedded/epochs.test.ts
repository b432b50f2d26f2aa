import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { ids, newEvents } from '../contract-suite/samples.js';
import { type EventStore, type EventToAppend, StoreUnusable } from '../event-store.js';
import { openEmbeddedReader } from './embedded-reader.js';
import { openEmbeddedStore } from './embedded-store.js';
import { ChildProcess } from './testing/child-process.js';
import { overwrite } from './testing/damage.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { verifyFiles } from './verify-files.js';

const EPOCH = 16_384;
const APPEND = 1_000;

/** Appends events behind a revision, and answers them. */
async function append(store: EventStore, stream: string, behind: number, count: number): Promise<EventToAppend[]> {
  const events = newEvents(count);
  for (let at = 0; at < count; at += APPEND) {
    const revision = behind + at;
    await store.append(stream, revision < 0 ? 'no-stream' : revision, events.slice(at, at + APPEND));
  }
  return events;
}

describe('a stream with events in several epochs of the store', () => {
  let directory: string;
  let store: EventStore;
  /** Of `rare` and of `busy`; between the two of `rare` are whole epochs without it. */
  let rare: EventToAppend[];
  let busy: EventToAppend[];
  beforeAll(async () => {
    directory = temporaryDirectory();
    store = await openEmbeddedStore({ directory });
    rare = await append(store, 'rare', -1, 3);
    busy = await append(store, 'busy', -1, 2.5 * EPOCH);
    rare = [...rare, ...(await append(store, 'rare', 2, 3))];
  });
  afterAll(() => store.close());

  const read = async (stream: string, from: number, count: number) => ids(await store.readStream(stream, from, count));

  it('is read in order, from any revision on', async () => {
    expect(await read('rare', 0, 10)).toEqual(ids(rare));
    expect(await read('rare', 2, 2)).toEqual(ids(rare.slice(2, 4)));
    expect(await read('rare', 3, 10)).toEqual(ids(rare.slice(3)));
    expect(await read('rare', 6, 10)).toEqual([]);
    // Position of revision r: r + 4.
    for (const from of [0, EPOCH - 5, EPOCH - 4, EPOCH - 3, 2 * EPOCH - 10]) {
      expect(await read('busy', from, 20)).toEqual(ids(busy.slice(from, from + 20)));
    }
  });

  it('is whole for a process that reads beside', async () => {
    const reader = openEmbeddedReader(directory);
    const found: string[] = [];
    for (let page = ['']; page.length > 0; found.push(...page)) {
      page = ids(await reader.readStream('busy', found.length, 1_000));
    }
    await reader.close();
    expect(found).toEqual(ids(busy));
  });

  it('keeps its end, and recognises a repeated append that lies in two epochs', async () => {
    await store.close();
    store = await openEmbeddedStore({ directory });
    const behind = Math.floor((EPOCH - 4) / APPEND) * APPEND - 1;
    const repeated = busy.slice(behind + 1, behind + 1 + APPEND);
    const result = await store.append('busy', behind, repeated);
    expect(result.outcome === 'appended' && ids(result.events)).toEqual(ids(repeated));
    expect(await store.append('rare', 2, newEvents(3))).toEqual({ outcome: 'conflict', actual: 5 });
    expect(await store.append('rare', 5, newEvents(1))).toMatchObject({ outcome: 'appended' });
    expect(verifyFiles(directory)).toEqual({ events: 2.5 * EPOCH + 7, streams: 2, problems: [] });
  });
});

describe('files of format 1', () => {
  /** What a stopped server of that format left. */
  async function oldFiles(): Promise<{ directory: string; events: EventToAppend[]; edit(sql: string): void }> {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory });
    const events = [...(await append(store, 'lot-1', -1, 5)), ...(await append(store, 'lot-2', -1, EPOCH))];
    await store.close();
    const edit = (sql: string): void => {
      const db = new Database(join(directory, 'events.db'));
      db.exec(`PRAGMA legacy_alter_table=ON; ${sql}; PRAGMA wal_checkpoint(TRUNCATE)`);
      db.close();
    };
    edit(`
      CREATE TABLE old (
        position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
        version INTEGER NOT NULL, data TEXT NOT NULL, metadata TEXT NOT NULL, recorded_at INTEGER NOT NULL, UNIQUE (stream, revision)
      ) STRICT;
      INSERT INTO old SELECT position, stream, revision, id, type, version, data, metadata, recorded_at FROM events;
      DROP TABLE events; DROP TABLE runs; ALTER TABLE old RENAME TO events; PRAGMA user_version=1; VACUUM`);
    return { directory, events, edit };
  }

  it('are brought to this one at the start, with every event at its place', async () => {
    const { directory, events } = await oldFiles();
    const store = await openEmbeddedStore({ directory });
    const stored = await store.readStream('lot-2', EPOCH - 10, 20);
    expect(ids(stored)).toEqual(ids(events.slice(5 + EPOCH - 10)));
    expect(stored.at(-1)).toMatchObject({ position: String(EPOCH + 5), revision: EPOCH - 1 });
    expect(await store.append('lot-1', 4, newEvents(1))).toMatchObject({ outcome: 'appended' });
    await store.close();
    expect(verifyFiles(directory)).toEqual({ events: EPOCH + 6, streams: 2, problems: [] });
  });

  it('are left to a start by whoever only reads', async () => {
    const { directory } = await oldFiles();
    expect(() => openEmbeddedReader(directory)).toThrow(/has format 1; a start of the server brings it to 2/);
  });

  it('are whole, in the one format or the other, whenever the start is killed', async () => {
    const { directory, events } = await oldFiles();
    // From before the files are opened until the server is up.
    for (let milliseconds = 50; ; milliseconds += 25) {
      const server = new ChildProcess('hold-directory', [directory]);
      await sleep(milliseconds);
      const isUp = server.lines.length > 0;
      await server.kill();
      if (isUp) break;
    }
    const store = await openEmbeddedStore({ directory });
    expect((await store.readAll(null, 100)).map(({ id }) => id)).toEqual(ids(events.slice(0, 100)));
    await store.close();
    expect(verifyFiles(directory)).toEqual({ events: EPOCH + 5, streams: 2, problems: [] });
  });

  it('stay as they are when the disk is too full, and are brought to this one when it is not', async () => {
    const { directory } = await oldFiles();
    await expect(openEmbeddedStore({ directory, maxPages: 100 })).rejects.toThrow(/database or disk is full/);
    expect(() => openEmbeddedReader(directory)).toThrow(/has format 1/);
    await (await openEmbeddedStore({ directory })).close();
    expect(verifyFiles(directory).problems).toEqual([]);
  });

  it.each([
    ["UPDATE streams SET revision = 3 WHERE name = 'lot-1'", /stream lot-1 ends at revision 3 but has 5 events/],
    ['DELETE FROM events WHERE position = 2', /16388 events stand at positions up to 16389/],
  ])('are refused as they are where %s contradicts them', async (contradiction, reason) => {
    const { directory, edit } = await oldFiles();
    edit(contradiction);
    await expect(openEmbeddedStore({ directory })).rejects.toThrow(reason);
    expect(() => openEmbeddedReader(directory)).toThrow(/has format 1/);
  });

  it('are refused as they are when they are damaged', async () => {
    const { directory } = await oldFiles();
    overwrite(join(directory, 'events.db'), -20 * 4_096, Buffer.alloc(4_096, 'noise'));
    await expect(openEmbeddedStore({ directory })).rejects.toThrow(StoreUnusable);
    await expect(openEmbeddedStore({ directory })).rejects.toThrow(/is damaged: /);
    expect(() => openEmbeddedReader(directory)).toThrow(/has format 1/);
  });
});
