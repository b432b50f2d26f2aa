import { newEvent } from '../contract-suite/samples.js';
import type { EventStore } from '../event-store.js';
import { openEmbeddedStore } from './embedded-store.js';
import { ChildProcess } from './testing/child-process.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { verifyFiles } from './verify-files.js';

type Acknowledged = [stream: string, revision: number, ids: string[]];

describe('after kill -9 under load', () => {
  it('every acknowledged event is there once, and nothing is half there', async () => {
    const directory = temporaryDirectory();
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < 4; round += 1) {
      const server = new ChildProcess('append-until-killed', [directory]);
      await server.written(50 + Math.floor(Math.random() * 1_000));
      await server.kill();
      acknowledged.push(...server.lines.map((line) => JSON.parse(line) as Acknowledged));

      const store = await openEmbeddedStore({ directory });
      await expectAll(store, acknowledged);
      await store.close();
      expect(verifyFiles(directory).problems).toEqual([]);
    }
  });

  it('the next process goes on at once: no lock is left behind', async () => {
    const directory = temporaryDirectory();
    const server = new ChildProcess('hold-directory', [directory]);
    await server.written(1);
    await server.kill();
    const store = await openEmbeddedStore({ directory });
    expect(await store.append('lot-1', 'no-stream', [newEvent()])).toMatchObject({ outcome: 'appended' });
    await store.close();
  });
});

async function expectAll(store: EventStore, acknowledged: readonly Acknowledged[]): Promise<void> {
  const found = await store.readAll(null, 1_000_000);
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  const byStream = new Map<string, string[]>();
  for (const { stream, revision, id } of found) {
    const ids = byStream.get(stream) ?? [];
    expect(revision).toBe(ids.length);
    byStream.set(stream, [...ids, id]);
  }
  for (const [stream, revision, ids] of acknowledged) {
    expect(byStream.get(stream)?.slice(revision, revision + ids.length)).toEqual(ids);
  }
}
