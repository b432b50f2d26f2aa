import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import Database from 'libsql';
import { until } from '#testing/until.js';
import { ReadModelUnavailable } from './read-model.js';
import { openReadModels } from './read-models.js';
import { FileChecks } from './storage/check-file.js';
import { expectedRows, isBid } from './testing/expected-rows.js';
import { filledStore, halfFilledStore, recordAll } from './testing/filled-store.js';
import { inDirectory } from './testing/in-directory.js';
import type { MemoryStore } from './testing/memory-store.js';
import { caughtUp, servedRows } from './testing/served-rows.js';
import { TestLog } from './testing/test-log.js';

/** A directory with all models built and closed, the WALs moved into the files. */
async function closedModels(directory: string, store: MemoryStore): Promise<void> {
  await (await openReadModels({ directory, store })).close();
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.db'))) {
    const db = new Database(join(directory, file));
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
  }
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

const damages: [string, (file: string) => void][] = [
  ['missing', (file) => rmSync(file)],
  ['empty', (file) => truncateSync(file, 0)],
  ['cut off', (file) => truncateSync(file, statSync(file).size - 4_096)],
  ['overwritten at the front', (file) => overwrite(file, 0, Buffer.alloc(4_096, 1))],
  ['overwritten in the middle', (file) => overwrite(file, 3 * 4_096, Buffer.alloc(4_096, 7))],
  ['a text', (file) => writeFileSync(file, 'not a database at all'.repeat(1_000))],
];

test.each(damages)('a file that is %s is noticed at the start and built from the store', async (_, damage) => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    await closedModels(directory, store);
    damage(join(directory, 'bids.v2.g1.db'));
    const log = new TestLog();
    const models = await openReadModels({ directory, store, log });
    expect(log.lines[0]).toMatch(/^warn a read model must be built anew from the store: /);
    expect(log.lines.slice(1)).toEqual(['info a read model was built']);
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    await models.close();
  });
});

test('a pointer that is lost or torn costs a build, nothing else', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    await closedModels(directory, store);
    for (const contents of [null, '{"lots": "lo']) {
      const file = join(directory, 'serving.json');
      if (contents === null) rmSync(file);
      else writeFileSync(file, contents);
      const models = await openReadModels({ directory, store });
      expect(servedRows(models)).toEqual(expectedRows(store.events));
      await models.close();
    }
    expect(JSON.parse(readFileSync(join(directory, 'serving.json'), 'utf8')).lots).toBe('lots.v1.g3.db');
  });
});

test('what a read model of another Gavel has left, or a build that was killed, is deleted, and nothing else', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    await closedModels(directory, store);
    const left = ['bidsByBidder.v1.g4.db', 'bidsByBidder.v1.g4.db-wal', 'bids.v2.g2.db', 'lots.v1.g9.db-wal'];
    for (const file of [...left, 'notes.txt']) writeFileSync(join(directory, file), 'x');
    const models = await openReadModels({ directory, store });
    expect(readdirSync(directory).filter((file) => left.includes(file) || file === 'notes.txt')).toEqual(['notes.txt']);
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    await models.close();
  });
});

test.each([
  ['at once', false],
  ['late', true],
])('rows of another store, or of one that was set back, are not served, be their files checked %s', async (_, late) => {
  await inDirectory(async (directory) => {
    await closedModels(directory, filledStore());
    if (late) jest.spyOn(FileChecks.prototype, 'check').mockReturnValue(new Promise(() => {}));
    const { store } = halfFilledStore();
    const log = new TestLog();
    const models = await openReadModels({ directory, store, log });
    expect(log.lines).toContain(
      'warn a read model must be built anew from the store: it is ahead of the store: it comes from another one',
    );
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    await models.close();
  });
  jest.restoreAllMocks();
});

test('a row that turns out to be damaged while it serves is not answered; the model heals by itself', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    const log = new TestLog();
    const models = await openReadModels({ directory, store, log });
    const heard: string[] = [];
    models.bids.onCommitted((events) => heard.push(...events.map(({ id }) => id)));
    const [first] = models.bids.scan({ prefix: '', limit: 1 });
    const key = first?.key ?? '';
    const db = new Database(join(directory, 'bids.v2.g1.db'));
    db.exec(`UPDATE entries SET value = '{"bidId' WHERE third_rest = '${key.slice(4)}'`);
    db.close();

    const waiting = models.bids.waitFor('999999', 10_000);
    expect(() => models.bids.get(key)).toThrow(ReadModelUnavailable);
    expect(() => models.bids.scan({ prefix: '', limit: 1 })).toThrow(
      `the read model bids is damaged and is being built anew: row ${key} is not JSON`,
    );
    expect(models.failure()).toBe(`the read model bids is damaged and is being built anew: row ${key} is not JSON`);
    const before = store.events.length;
    recordAll(store, rest);
    await until(() => models.bids.checkpoint !== null);
    expect(models.bids.get(key)).toEqual(first?.row);
    await caughtUp(models, store);
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    const bids = store.events.slice(before).filter(isBid);
    await until(() => heard.length === bids.length);
    expect(heard).toEqual(bids.map(({ id }) => id));
    expect(log.lines).toContain(
      `error a read model is damaged and is built anew from the store: row ${key} is not JSON`,
    );
    await models.close();
    expect(await waiting).toBe(false);
  });
});

test('a file that is deleted under a running server is built again without a pause in the answers', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    const log = new TestLog();
    const models = await openReadModels({ directory, store, log });
    rmSync(join(directory, 'lots.v1.g1.db'));
    const rows = expectedRows(store.events).lots;
    await until(() => {
      expect(servedRows(models).lots).toEqual(rows);
      return log.lines.includes('info a new generation serves');
    });
    expect(servedRows(models).lots).toEqual(rows);
    await models.close();
    const again = await openReadModels({ directory, store });
    expect(servedRows(again).lots).toEqual(rows);
    await again.close();
  });
});
