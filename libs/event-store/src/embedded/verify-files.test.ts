import { chmodSync, copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newEvents } from '../contract-suite/samples.js';
import { type EmbeddedStoreOptions, openEmbeddedStore } from './embedded-store.js';
import { ChildProcess } from './testing/child-process.js';
import { flipByte } from './testing/damage.js';
import { itAsOtherUser, otherUser } from './testing/other-user.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { verifyFiles } from './verify-files.js';
import { lockDirectory } from './writer-lock.js';

const COMMITS = 200;
const FRAME = 4_096 + 24;
const sound = { events: COMMITS, streams: 1, problems: [] };

async function filled(options: EmbeddedStoreOptions) {
  const store = await openEmbeddedStore(options);
  for (let revision = -1; revision < COMMITS - 1; revision += 1) {
    await store.append('lot-1', revision === -1 ? 'no-stream' : revision, newEvents(1));
  }
  return store;
}

function copyOf(directory: string, ...files: string[]): string {
  const copy = temporaryDirectory();
  for (const file of files) copyFileSync(join(directory, file), join(copy, file));
  return copy;
}

/** As a stopped server leaves it. */
async function stopped(): Promise<string> {
  const directory = temporaryDirectory();
  await (await filled({ directory })).close();
  return directory;
}

/** As kill -9 leaves it. */
async function killed(): Promise<string> {
  const directory = temporaryDirectory();
  const store = await filled({ directory });
  const copy = copyOf(directory, 'events.db', 'events.db-wal', 'writer.lock', 'writer.pid');
  await store.close();
  return copy;
}

/** What stands in a directory, to the byte and the nanosecond. */
const contents = (directory: string) =>
  readdirSync(directory).map((file) => {
    const path = join(directory, file);
    return { file, changed: statSync(path, { bigint: true }).mtimeNs, bytes: readFileSync(path, 'latin1') };
  });

/** Of SQLite itself, which shares a log by them; it makes them where it may. */
const ofSqlite = ['events.db-shm', 'events.db-wal'];

describe('verifying the files', () => {
  it.each([
    ['a stopped server', stopped],
    ['a killed server', killed],
    ['a backup, where no server ever ran', async () => copyOf(await stopped(), 'events.db')],
  ])('of %s changes nothing that is there, and makes nothing of ours', async (_, make) => {
    const directory = await make();
    const before = contents(directory);
    expect(verifyFiles(directory)).toEqual(sound);
    const names = before.map(({ file }) => file);
    expect(contents(directory).filter(({ file }) => names.includes(file))).toEqual(before);
    expect(readdirSync(directory).filter((file) => !names.includes(file) && !ofSqlite.includes(file))).toEqual([]);
  });

  itAsOtherUser('works where nothing may be written, and leaves all as it was', async () => {
    const directory = await stopped();
    for (const file of readdirSync(directory)) chmodSync(join(directory, file), 0o444);
    chmodSync(directory, 0o555);
    try {
      const before = contents(directory);
      const verifying = new ChildProcess('verify', [directory, '1'], otherUser);
      expect((await verifying.output()).map((line) => JSON.parse(line))).toEqual([sound]);
      expect(contents(directory)).toEqual(before);
    } finally {
      chmodSync(directory, 0o755);
    }
  });

  it('keeps no server from starting meanwhile', async () => {
    const directory = await killed();
    const verifying = new ChildProcess('verify', [directory, '60']);
    await verifying.written(1);
    while (verifying.lines.length < 50) {
      lockDirectory(directory).release();
      await sleep(1);
    }
    expect((await verifying.output()).map((line) => JSON.parse(line))).toEqual(Array(60).fill(sound));
  });

  it('tells damage in a log, but not of a running server, which writes in it', async () => {
    const directory = temporaryDirectory();
    const store = await filled({ directory });
    // A checksum, which a start looks at and a reader does not.
    flipByte(join(directory, 'events.db-wal'), 32 + 40 * FRAME + 16);
    expect(verifyFiles(directory)).toEqual(sound);
    const files = ['events.db', 'events.db-wal', 'writer.lock'];
    for (const copy of [copyOf(directory, ...files), copyOf(directory, ...files.slice(0, 2))]) {
      const { problems } = verifyFiles(copy);
      expect(problems).toEqual([expect.stringMatching(/events\.db-wal is damaged: frame 40 is wrong/)]);
    }
    await store.close();
  });
});
