import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { appended, ids, newEvent, newEvents } from '../contract-suite/samples.js';
import { StoreUnusable } from '../event-store.js';
import { openEmbeddedReader } from './embedded-reader.js';
import { openEmbeddedStore } from './embedded-store.js';
import { ChildProcess } from './testing/child-process.js';
import { itAsOtherUser, otherUser } from './testing/other-user.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { verifyFiles } from './verify-files.js';

describe('the reader of the files', () => {
  it('answers as the store does', async () => {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory });
    await appended(store, 'lot-1', 'no-stream', newEvents(3));
    await appended(store, 'lot-2', 'no-stream', [newEvent({ type: 'LotClosed' }), newEvent()]);
    const reader = openEmbeddedReader(directory);
    for (const read of [
      (from: typeof store | typeof reader) => from.readAll(null, 100),
      (from: typeof store | typeof reader) => from.readAll('2', 2),
      (from: typeof store | typeof reader) => from.readAll(null, 100, ['LotClosed']),
      (from: typeof store | typeof reader) => from.readStream('lot-1', 1, 100),
      (from: typeof store | typeof reader) => from.readStream('lot-3', 0, 100),
      (from: typeof store | typeof reader) => from.head(),
    ]) {
      expect(await read(reader)).toEqual(await read(store));
    }
    await reader.close();
    await store.close();
  });

  it('sees what a running server commits', async () => {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory });
    const reader = openEmbeddedReader(directory);
    for (let revision = 0; revision < 20; revision += 1) {
      const [event] = await appended(store, 'lot-1', revision === 0 ? 'no-stream' : revision - 1, [newEvent()]);
      expect(await reader.readStream('lot-1', revision, 10)).toEqual([event]);
    }
    await reader.close();
    await store.close();
  });

  it('does not hinder a server: the log is emptied while readers come and go', async () => {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory });
    const reader = openEmbeddedReader(directory);
    await appended(store, 'lot-1', 'no-stream', newEvents(1_000));
    await reader.readAll(null, 100);
    await reader.readStream('lot-1', 0, 7);
    await reader.head();
    await store.close();
    expect(statSync(join(directory, 'events.db-wal')).size).toBe(0);
    expect((await reader.readAll(null, 10_000)).length).toBe(1_000);
    await reader.close();
  });

  it('reads what a stopped server has left, from another process too', async () => {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory });
    const events = await appended(store, 'lot-1', 'no-stream', newEvents(50));
    await store.close();
    expect(await new ChildProcess('read-all', [directory]).output()).toEqual(ids(events));
  });

  it('reads what a killed server has left', async () => {
    const directory = temporaryDirectory();
    const server = new ChildProcess('append-until-killed', [directory]);
    await server.written(100);
    await server.kill();
    const found = await new ChildProcess('read-all', [directory]).output();
    const acknowledged = server.lines.flatMap((line) => (JSON.parse(line) as [string, number, string[]])[2]);
    expect(found).toEqual(expect.arrayContaining(acknowledged));
  });

  itAsOtherUser('reads a directory in which nothing may be written', async () => {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory });
    const events = await appended(store, 'lot-1', 'no-stream', newEvents(50));
    await store.close();
    for (const file of readdirSync(directory)) chmodSync(join(directory, file), 0o444);
    chmodSync(directory, 0o555);
    try {
      expect(await new ChildProcess('read-all', [directory], otherUser).output()).toEqual(ids(events));
    } finally {
      chmodSync(directory, 0o755);
    }
  });

  it('says that there is no store, and makes none', () => {
    const directory = temporaryDirectory();
    expect(() => openEmbeddedReader(directory)).toThrow(StoreUnusable);
    expect(() => verifyFiles(directory)).toThrow(/events\.db does not exist/);
    expect(readdirSync(directory)).toEqual([]);
    rmSync(directory, { recursive: true });
    expect(() => openEmbeddedReader(directory)).toThrow(StoreUnusable);
  });
});
