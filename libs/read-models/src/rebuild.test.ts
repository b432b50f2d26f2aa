import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '#testing/until.js';
import { BuildRunning, buildGeneration } from './build-generation.js';
import type { EventHandler, StoredEvent } from './projection.js';
import { projections } from './projections/projections.js';
import { openReadModels } from './read-models.js';
import type { BidRow } from './rows.js';
import { parseFileName } from './storage/generation-files.js';
import { dumpRows } from './testing/dump-rows.js';
import { expectedRows, isBid } from './testing/expected-rows.js';
import { filledStore, halfFilledStore } from './testing/filled-store.js';
import { inDirectory } from './testing/in-directory.js';
import { caughtUp, modelNames, servedRows } from './testing/served-rows.js';
import { TestLog } from './testing/test-log.js';

const generationFiles = (directory: string) =>
  readdirSync(directory).filter((file) => parseFileName(file) !== null && file.endsWith('.db'));

test('a rebuild gives the same bytes, while events keep coming and reads are answered', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    const models = await openReadModels({ directory, store });
    const heard: StoredEvent[] = [];
    models.lots.onCommitted((events) => heard.push(...events));
    const before = store.events.length;
    const some = [...dumpRows(models.lots)].map(({ key }) => key);

    let reads = 0;
    let rebuilding = true;
    const reading = (async () => {
      while (rebuilding) {
        for (const key of some) expect(models.lots.get(key)?.lot.lotId).toBe(key);
        reads += some.length;
        await pause(1);
      }
    })();
    const appending = (async () => {
      for (const { stream, events } of rest) {
        store.record(stream, events);
        if (store.events.length % 10 === 0) await pause(1);
      }
    })();
    const progress: number[] = [];
    const result = await models.rebuild('lots', ({ events }) => progress.push(events));
    rebuilding = false;
    await Promise.all([reading, appending]);
    await caughtUp(models, store);

    expect(reads).toBeGreaterThan(some.length);
    expect(progress.at(-1)).toBe(result.events);
    expect(result.events).toBeGreaterThanOrEqual(before);
    expect(result.rows).toBe(some.length);
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    const handled = store.events.slice(before).filter(({ stream }) => stream.startsWith('lot-'));
    expect(heard.map(({ position }) => position)).toEqual(handled.map(({ position }) => position));

    const live = [...dumpRows(models.lots)];
    await models.rebuild('lots');
    expect([...dumpRows(models.lots)]).toEqual(live);
    expect(generationFiles(directory).filter((file) => file.startsWith('lots'))).toEqual(['lots.v1.g3.db']);
    await models.close();
  });
});

test('the rebuilt rows equal the ones that served, in every model', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    const models = await openReadModels({ directory, store });
    for (const { stream, events } of rest) store.record(stream, events);
    await caughtUp(models, store);
    for (const name of modelNames) {
      const before = [...dumpRows(models[name])];
      const { rows } = await models.rebuild(name);
      // A bid stands under several keys.
      expect(rows).toBe(name === 'bids' ? store.events.filter(isBid).length : before.length);
      expect([...dumpRows(models[name])]).toEqual(before);
    }
    await models.close();
  });
});

test('a generation that is ahead of the one that served: rows jump ahead, listeners still get every event once', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    const models = await openReadModels({ directory, store });
    const heard: StoredEvent[] = [];
    models.bids.onCommitted((events) => heard.push(...events));
    const before = store.events.length;
    store.silent = true;
    for (const { stream, events } of rest) store.record(stream, events);
    const head = store.events.at(-1)?.position ?? '';
    const waiting = models.bids.waitFor(head, 10_000);
    await models.rebuild('bids');
    expect(await waiting).toBe(true);
    expect(models.bids.checkpoint).toBe(head);
    expect(servedRows(models).bids).toEqual(expectedRows(store.events).bids);
    expect(heard).toEqual([]);
    store.up();
    await caughtUp(models, store);
    await until(() => heard.length > 0);
    const handled = store.events.slice(before).filter(isBid);
    expect(heard).toEqual(handled);
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    await models.close();
  });
});

test('of two builds at once the second is refused with a clear message', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    const models = await openReadModels({ directory, store });
    const first = models.rebuild('bids');
    await expect(models.rebuild('lots')).rejects.toThrow(BuildRunning);
    await expect(buildGeneration([projections.lots], store, directory)).rejects.toThrow(
      `read models are being built in ${directory} already: wait until that has ended, then try again`,
    );
    await first;
    await models.rebuild('lots');
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    await models.close();
  });
});

test('a build that fails names the event, leaves no file and lets the old rows serve', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    const models = await openReadModels({ directory, store });
    const files = generationFiles(directory);
    const poison = store.events.filter(({ type }) => type === 'BidPlaced')[100];
    const placed = projections.bids.on.BidPlaced as EventHandler<BidRow, 'BidPlaced'>;
    const failing = {
      ...projections.bids,
      on: {
        ...projections.bids.on,
        BidPlaced(row: BidRow | null, event: StoredEvent<'BidPlaced'>) {
          if (event.id === poison?.id) throw new Error('I will not');
          return placed(row, event);
        },
      },
    };
    await expect(buildGeneration([projections.lots, failing], store, directory)).rejects.toThrow(
      `bids cannot handle BidPlaced ${poison?.id} at position ${poison?.position}`,
    );
    expect(generationFiles(directory)).toEqual(files);
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    await models.close();
  });
});

test('closing ends a rebuild', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    const models = await openReadModels({ directory, store });
    const rebuilding = models.rebuild('bids');
    rebuilding.catch(() => {});
    await models.close();
    await expect(rebuilding).rejects.toThrow();
    const again = await openReadModels({ directory, store });
    expect(servedRows(again)).toEqual(expectedRows(store.events));
    await again.close();
  });
});

test('another version of a projection is built at the start, the old file goes', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    await (await openReadModels({ directory, store })).close();
    const keys = { ...projections.keys, version: 3, on: { ...projections.keys.on, KeyRevoked: () => null } };
    const models = await openReadModels({ directory, store, projections: { ...projections, keys } });
    const all = expectedRows(store.events);
    const kept = Object.entries(all.keys ?? {}).filter(([, row]) => !(row as { revoked: boolean }).revoked);
    expect(servedRows(models)).toEqual({ ...all, keys: Object.fromEntries(kept) });
    expect(generationFiles(directory)).toContain('keys.v3.g2.db');
    await models.close();
    const back = await openReadModels({ directory, store });
    expect(servedRows(back)).toEqual(all);
    expect(generationFiles(directory).filter((file) => file.startsWith('keys'))).toEqual(['keys.v2.g3.db']);
    await back.close();
  });
});

test('rows that stand in another way than the projection wants them are built anew, also under the same version', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    await (await openReadModels({ directory, store })).close();
    const { appendOnly: _, ...listings } = projections.listings;
    for (const [at, wanted] of [{ ...projections, listings }, projections].entries()) {
      const log = new TestLog();
      const models = await openReadModels({ directory, store, log, projections: wanted });
      expect(log.lines[0]).toMatch(
        /^warn a read model must be built anew from the store: .*do not stand as they do now/,
      );
      expect(servedRows(models)).toEqual(expectedRows(store.events));
      expect(generationFiles(directory)).toContain(`listings.v1.g${at + 2}.db`);
      await models.close();
    }
  });
});
