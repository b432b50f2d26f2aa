import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparePositions, StoreUnusable } from '#event-store/event-store.js';
import { until } from '#testing/until.js';
import { buildGeneration } from './build-generation.js';
import { type Host, HostedModel } from './hosted-model.js';
import type { Projection } from './projection.js';
import { projections } from './projections/projections.js';
import { openReadModels } from './read-models.js';
import type { LotRow } from './rows.js';
import { RowFile } from './storage/row-file.js';
import { RowWriter } from './storage/row-writer.js';
import { dumpRows } from './testing/dump-rows.js';
import { expectedRows, isBid } from './testing/expected-rows.js';
import { filledStore, recordAll, small } from './testing/filled-store.js';
import { history } from './testing/history.js';
import { inDirectory } from './testing/in-directory.js';
import { MemoryStore } from './testing/memory-store.js';
import { TestLog } from './testing/test-log.js';

interface Bench<Row extends object> {
  readonly hosted: HostedModel<Row>;
  readonly store: MemoryStore;
  readonly writer: RowWriter;
  readonly log: TestLog;
}

/** A model with a hand on its disk. */
async function withModel<Row extends object>(
  projection: Projection<Row>,
  test: (bench: Bench<Row>) => Promise<void>,
  writer = new RowWriter(),
): Promise<void> {
  await inDirectory(async (directory) => {
    const store = new MemoryStore();
    await buildGeneration([projection], store, directory);
    const log = new TestLog();
    const closing = new AbortController().signal;
    const host: Host = { directory, store, writer, log, closing, damaged() {} };
    const { name, version } = projection;
    const hosted = new HostedModel(projection, { name, version, generation: 1 }, host);
    try {
      await test({ hosted, store, writer, log });
    } finally {
      await hosted.close();
      await writer.close();
    }
  });
}

const rowsOf = <Row extends object>({ hosted }: Bench<Row>) =>
  Object.fromEntries(hosted.model.scan({ prefix: '', limit: 10_000 }).map(({ key, row }) => [key, row]));

test('a full disk: reads go on, nothing is skipped, and it goes on by itself when there is room', async () => {
  await withModel(projections.bids, async (bench) => {
    const { hosted, store, writer, log } = bench;
    await writer.limit(hosted.file ?? '', 5);
    recordAll(store, history(small));
    const head = store.events.at(-1)?.position ?? '';
    await until(() => log.lines.length >= 2);
    expect(new Set(log.lines)).toEqual(
      new Set(['error a read model cannot be written: trying again: database or disk is full']),
    );
    expect(rowsOf(bench)).toEqual({});
    expect(hosted.model.checkpoint).toBeNull();
    expect(hosted.runner.failure).toBeNull();

    await writer.limit(hosted.file ?? '', 1_000_000);
    expect(await hosted.model.waitFor(head, 10_000)).toBe(true);
    expect(rowsOf(bench)).toEqual(expectedRows(store.events).bids);
  });
});

test('a full disk under rows that change: they are read as they are, and written when there is room', async () => {
  await withModel(projections.lots, async (bench) => {
    const { hosted, store, writer, log } = bench;
    const file = hosted.file ?? '';
    await writer.limit(file, 5);
    recordAll(store, history(small));
    const head = store.events.at(-1)?.position ?? '';
    expect(await hosted.model.waitFor(head, 10_000)).toBe(true);
    await until(() => log.lines.length >= 2);
    expect(new Set(log.lines)).toEqual(
      new Set(['error a read model cannot be written: trying again: database or disk is full']),
    );
    expect(rowsOf(bench)).toEqual(expectedRows(store.events).lots);
    expect(new RowFile(file).checkpoint()).toBeNull();

    await writer.limit(file, 1_000_000);
    await until(() => new RowFile(file).checkpoint() === head);
    const written = [...dumpRows(file)].map(({ key, json }) => [key, JSON.parse(json)]);
    expect(Object.fromEntries(written)).toEqual(expectedRows(store.events).lots);
    expect(rowsOf(bench)).toEqual(expectedRows(store.events).lots);
  });
});

test('a key that was revoked is so in the file at once: a crash must not bring it back', async () => {
  await withModel(projections.keys, async ({ hosted, store }) => {
    recordAll(store, history(small));
    const head = store.events.filter(({ type }) => type === 'KeyRevoked').at(-1)?.position ?? '';
    expect(await hosted.model.waitFor(head, 10_000)).toBe(true);
    const file = new RowFile(hosted.file ?? '');
    // Sooner than rows that change often are written.
    await until(() => comparePositions(file.checkpoint() ?? '0', head) >= 0, 3_000);
  });
});

test('rows that cannot be written stop their model, which says why', async () => {
  const lots: Projection<LotRow> = {
    ...projections.lots,
    dueAt: () => {
      throw new Error('no time');
    },
  };
  await withModel(lots, async ({ hosted, store }) => {
    recordAll(store, history(small));
    await until(() => hosted.runner.failure !== null);
    expect(hosted.runner.failure).toContain(': no time');
  });
});

test('a writing thread that dies inside a commit or behind it is replaced, and the batch is repeated', async () => {
  const dying = new RowWriter(new URL('./testing/dying-commit-thread.js', import.meta.url));
  await withModel(
    projections.bids,
    async (bench) => {
      const { hosted, store, log } = bench;
      const steps = [...history(small)];
      for (const [at, { stream, events }] of steps.entries()) {
        store.record(stream, events);
        // A commit each, so that there is a fourth one.
        if (at % 20 === 0) expect(await hosted.model.waitFor(store.events.at(-1)?.position ?? '', 20_000)).toBe(true);
      }
      expect(await hosted.model.waitFor(store.events.at(-1)?.position ?? '', 20_000)).toBe(true);
      expect(rowsOf(bench)).toEqual(expectedRows(store.events).bids);
      // A batch that was committed without an answer is not there twice.
      expect([...new RowFile(hosted.file ?? '').all()]).toHaveLength(store.events.filter(isBid).length);
      expect(new Set(log.lines)).toEqual(
        new Set(['error a read model cannot be written: trying again: the thread has ended']),
      );
    },
    dying,
  );
});

test('a start that SQLite refuses says where', async () => {
  await inDirectory(async (directory) => {
    writeFileSync(join(directory, 'serving.lock'), 'no database'.repeat(100));
    const start = openReadModels({ directory, store: filledStore() });
    await expect(start).rejects.toThrow(`the read models in ${directory} cannot be opened: `);
    await expect(start).rejects.toThrow(StoreUnusable);
  });
});
