import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { itWith, programAt } from '#testing/needs.js';
import { newEvent } from '../contract-suite/samples.js';
import { type EventStore, StoreUnavailable, StoreUnusable } from '../event-store.js';
import { openEmbeddedStore } from './embedded-store.js';
import { ChildProcess } from './testing/child-process.js';
import { itAsOtherUser, otherUser } from './testing/other-user.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import { verifyFiles } from './verify-files.js';

/** Appends to a stream until the store refuses; answers the last revision, and the refusal. */
async function fillUp(store: EventStore, end = -1): Promise<{ end: number; refusal: unknown }> {
  for (let revision = end; ; revision += 1) {
    try {
      const event = newEvent({ data: { text: 'x'.repeat(20_000) } });
      await store.append('lot-1', revision === -1 ? 'no-stream' : revision, [event]);
    } catch (refusal) {
      return { end: revision, refusal };
    }
  }
}

async function expectFull(store: EventStore, refusal: unknown, end: number): Promise<void> {
  expect(refusal).toBeInstanceOf(StoreUnavailable);
  expect(refusal).toMatchObject({ ambiguous: false, message: expect.stringContaining('database or disk is full') });
  const found = await store.readStream('lot-1', 0, 10_000);
  expect(found.map(({ revision }) => revision)).toEqual(Array.from({ length: end + 1 }, (_, i) => i));
}

describe('a store that may not grow any more', () => {
  it('refuses appends for certain, keeps what it acknowledged, and goes on reading', async () => {
    const directory = temporaryDirectory();
    const store = await openEmbeddedStore({ directory, maxPages: 300 });
    const { end, refusal } = await fillUp(store);
    expect(end).toBeGreaterThan(20);
    await expectFull(store, refusal, end);
    await store.close();
    expect(verifyFiles(directory)).toMatchObject({ events: end + 1, problems: [] });
  });
});

const itOnTmpfs = itWith({ 'the right to mount': canMount() });

describe('a disk that is full', () => {
  itOnTmpfs('refuses appends for certain, and takes them again once there is space, without a restart', async () => {
    const disk = temporaryDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
    try {
      const ballast = join(disk, 'ballast');
      writeFileSync(ballast, Buffer.alloc(2_000_000));
      const directory = join(disk, 'store');
      const store = await openEmbeddedStore({ directory });
      const first = await fillUp(store);
      await expectFull(store, first.refusal, first.end);

      rmSync(ballast);
      const second = await fillUp(store, first.end);
      expect(second.end).toBeGreaterThan(first.end);
      await expectFull(store, second.refusal, second.end);
      await store.close();

      const reopened = await openEmbeddedStore({ directory });
      await expectFull(reopened, second.refusal, second.end);
      await reopened.close();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});

const itWithLimits = itWith({ prlimit: programAt('prlimit') !== null });

describe('writes that fail', () => {
  itWithLimits('refuse appends for certain, and work again without a restart', async () => {
    const told = await new ChildProcess('append-past-a-limit', [temporaryDirectory()]).output();
    const sequence = told.filter((line, i) => line !== told[i - 1]);
    const count = told.filter((line) => line === 'appended').length;
    expect(sequence).toEqual(['appended', 'unavailable, ambiguous: false', 'appended', `${count} of ${count}`]);
  });
});

describe('a directory that cannot be written', () => {
  itAsOtherUser('is refused at the start', async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o555);
    const [told] = await new ChildProcess('hold-directory', [directory], otherUser).output();
    expect(told).toMatch(`StoreUnusable: ${directory} cannot be locked`);
  });

  it('is refused when it cannot be made', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    await expect(openEmbeddedStore({ directory: join(file, 'store') })).rejects.toThrow(StoreUnusable);
  });
});

/** Only root may mount. */
function canMount(): boolean {
  const disk = temporaryDirectory();
  return succeeds('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]) && succeeds('umount', [disk]);
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
