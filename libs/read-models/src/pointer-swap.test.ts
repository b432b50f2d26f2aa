import { chownSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { itWith } from '#testing/needs.js';
import { until } from '#testing/until.js';
import { buildGeneration } from './build-generation.js';
import { projections } from './projections/projections.js';
import { openReadModels } from './read-models.js';
import { replacePointer } from './storage/serving-pointer.js';
import { runChild } from './testing/child.js';
import { dumpRows } from './testing/dump-rows.js';
import { expectedRows } from './testing/expected-rows.js';
import { filledStore, halfFilledStore, recordAll, small } from './testing/filled-store.js';
import { history } from './testing/history.js';
import { inDirectory } from './testing/in-directory.js';
import { caughtUp, servedRows } from './testing/served-rows.js';
import { TestLog } from './testing/test-log.js';
import { isRoot, NOBODY } from './testing/unprivileged.js';

test('a running server takes what another process has built, and never answers with less than before', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    const half = [...history(small)].length - rest.length;
    const models = await openReadModels({ directory, store });
    recordAll(store, rest);
    await caughtUp(models, store);
    const before = [...dumpRows(models.lots)];

    // It saw only the first half of the store.
    const printed = JSON.parse(await runChild('rebuild-child', [directory, String(half), 'lots', 'bids']));
    expect(printed.map(({ name }: { name: string }) => name)).toEqual(['lots', 'bids']);
    const old = [join(directory, 'lots.v1.g1.db'), join(directory, 'bids.v2.g1.db')];
    while (old.some((file) => existsSync(file))) {
      expect(models.lots.checkpoint).toBe(store.events.at(-1)?.position);
      expect(models.lots.get(before[0]?.key ?? '')).toEqual(JSON.parse(before[0]?.json ?? ''));
      await pause(5);
    }
    expect(existsSync(join(directory, 'lots.v1.g2.db'))).toBe(true);
    expect([...dumpRows(models.lots)]).toEqual(before);
    expect(servedRows(models)).toEqual(expectedRows(store.events));

    // And it goes on from there.
    const key = store.events.find(({ type }) => type === 'BidPlaced');
    store.record('lot-late', [
      { ...(key as never as { id: string; type: string; data: object; metadata: never }), version: 1 },
    ]);
    expect(await models.bids.waitFor(store.events.at(-1)?.position ?? '', 5_000)).toBe(true);
    await models.close();
  });
});

test('a generation of another version, or a damaged one, is not taken', async () => {
  await inDirectory(async (directory) => {
    const { store } = halfFilledStore();
    const log = new TestLog();
    const models = await openReadModels({ directory, store, log });
    writeFileSync(join(directory, 'bids.v2.g7.db'), 'x'.repeat(10_000));
    replacePointer(directory, [
      { name: 'lots', version: 2, generation: 5 },
      { name: 'bids', version: 2, generation: 7 },
    ]);
    const notTaken = 'error the new generation of a read model is not taken: ';
    await until(() => log.lines.filter((line) => line.startsWith(notTaken)).length === 2);
    expect(log.lines.filter((line) => line.startsWith(notTaken))).toEqual([
      `${notTaken}lots.v2.g5.db is of another version`,
      `${notTaken}bids.v2.g7.db: file is not a database`,
    ]);
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    await models.close();

    const again = await openReadModels({ directory, store });
    expect(servedRows(again)).toEqual(expectedRows(store.events));
    await again.close();
  });
});

test('a generation that the server may not write is not taken; where it serves already, a start builds it anew; such a lock is none', async () => {
  await inDirectory(async (directory) => {
    if (isRoot) chownSync(directory, NOBODY, NOBODY);
    const { adopted, served, started, locked } = JSON.parse(await runChild('read-only-child', [directory]));
    expect(adopted).toEqual([
      `error the new generation of a read model is not taken: bids.v2.g2.db cannot be written: ${denied(directory)}`,
    ]);
    expect(served).toBe(true);
    expect(started).toEqual([
      `warn a read model must be built anew from the store: it cannot be written: ${denied(directory)}`,
      'info a read model was built',
    ]);
    expect(locked).toBe(denied(directory, 'serving.lock'));
  });
});

const denied = (directory: string, file = 'bids.v2.g2.db') =>
  `EACCES: permission denied, access '${join(directory, file)}'`;

// Nobody else may give files away.
itWith({ root: isRoot })('what root builds is for the owner of the directory that it is built in', async () => {
  await inDirectory(async (parent) => {
    chownSync(parent, NOBODY, NOBODY);
    const directory = join(parent, 'derived', 'read-models');
    await buildGeneration([projections.lots], filledStore(), directory);
    const made = ['..', '.', ...readdirSync(directory)];
    expect(made.toSorted()).toEqual(['.', '..', 'building.lock', 'lots.v1.g1.db', 'serving.json']);
    const owners = made.map((file) => statSync(join(directory, file))).map(({ uid, gid }) => [uid, gid]);
    expect(owners).toEqual(made.map(() => [NOBODY, NOBODY]));
  });
});
