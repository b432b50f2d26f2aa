import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { projections } from './projections/projections.js';
import { openReadModels } from './read-models.js';
import { splitKey } from './storage/key-prefixes.js';
import { expectedRows } from './testing/expected-rows.js';
import { filledStore, halfFilledStore } from './testing/filled-store.js';
import { inDirectory } from './testing/in-directory.js';
import { modelNames } from './testing/served-rows.js';
import { verifyReadModels } from './verify-read-models.js';

test('sound read models have no differences, each as of its own checkpoint, while the server goes on', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    const models = await openReadModels({ directory, store });
    let going = true;
    const feeding = (async () => {
      for (const { stream, events } of rest) {
        store.record(stream, events);
        if (store.events.length % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      going = false;
    })();
    let runs = 0;
    do {
      const { differences, models: verified, events } = await verifyReadModels({ directory, reader: store });
      expect(differences).toEqual([]);
      expect(verified.map(({ model, served }) => ({ model, served }))).toEqual(
        modelNames.map((model) => ({ model, served: true })),
      );
      expect(events).toBeGreaterThan(0);
      runs += 1;
    } while (going);
    await feeding;
    expect(runs).toBeGreaterThan(0);
    expect(existsSync(join(directory, 'verifying'))).toBe(false);
    await models.close();
  });
});

test('rows that were changed, lost, invented or due at another time are told', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    const models = await openReadModels({ directory, store });
    const rows = expectedRows(store.events);
    const ofLots = Object.keys(rows.bids ?? {}).filter((key) => key.startsWith('lot/'));
    const [changed, lost] = ofLots.sort() as [string, string];
    const keysOf = (bid: string) =>
      ['lot/', 'bidder/', 'bid/'].map((kind) =>
        Object.keys(rows.bids ?? {}).find((key) => key.startsWith(kind) && rows.bids?.[key] === rows.bids?.[bid]),
      );
    const [open] = models.lots.scan({ prefix: '', limit: 1_000 }).filter(({ row }) => row.lot.phase === 'open');
    await models.close();
    const edit = (model: 'bids' | 'keys' | 'lots', sql: string) => {
      const db = new Database(join(directory, `${model}.v${projections[model].version}.g1.db`));
      db.exec(sql);
      db.close();
    };
    const at = (key: string) => {
      const [prefix, rest] = splitKey(key);
      return `rest = '${rest}' AND prefix = (SELECT id FROM prefixes WHERE text = '${prefix}')`;
    };
    edit('bids', `UPDATE entries SET value = '{}' WHERE ${at(changed)}; DELETE FROM entries WHERE ${at(lost)}`);
    edit('keys', `INSERT INTO rows VALUES ('zzz', '{"keyId', NULL)`);
    edit('lots', `UPDATE rows SET due = 5 WHERE key = '${open?.key}'`);

    const { differences, models: verified } = await verifyReadModels({ directory, reader: store });
    expect(differences).toEqual([
      {
        model: 'lots',
        key: open?.key,
        expected: { row: open?.row, due: open?.row.lot.closesAt, keys: [open?.key] },
        actual: { row: open?.row, due: 5, keys: [open?.key] },
      },
      ...[changed, lost].map((key) => ({
        model: 'bids',
        key,
        expected: { row: rows.bids?.[key], due: null, keys: keysOf(key) },
        actual: key === changed ? { row: {}, due: null, keys: keysOf(key) } : null,
      })),
      { model: 'keys', key: 'zzz', expected: null, actual: { row: '{"keyId', due: null, keys: ['zzz'] } },
    ]);
    expect(verified.map(({ differences: count }) => count)).toEqual([1, 0, 0, 2, 1, 0]);
  });
});

test('an index that has lost a row is told: the row would not be found', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    await (await openReadModels({ directory, store })).close();
    const path = join(directory, `bids.v${projections.bids.version}.g1.db`);
    const db = new Database(path);
    // An index without the first row that says of itself that it has all of them.
    db.exec('DROP INDEX keys; CREATE INDEX keys ON entries (prefix, rest) WHERE id > 1; PRAGMA writable_schema = ON');
    db.exec("UPDATE sqlite_schema SET sql = 'CREATE INDEX keys ON entries (prefix, rest)' WHERE name = 'keys'");
    db.close();
    await expect(verifyReadModels({ directory, reader: store })).rejects.toThrow('missing from index keys');
  });
});

test('a model that nobody serves is told as such, and a directory that is not there is an error', async () => {
  await inDirectory(async (directory) => {
    const { models } = await verifyReadModels({ directory, reader: filledStore() });
    expect(models).toEqual(
      modelNames.map((model) => ({
        model,
        served: false,
        version: null,
        wantedVersion: projections[model].version,
        position: null,
        rows: 0,
        differences: 0,
      })),
    );
    expect(readdirSync(directory)).toEqual(['verifying.lock']);
    await expect(verifyReadModels({ directory: join(directory, 'none'), reader: filledStore() })).rejects.toThrow(
      'there are no read models in',
    );
  });
});
