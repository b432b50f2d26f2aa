import { setTimeout as pause } from 'node:timers/promises';
import type { EventHandler, StoredEvent } from './projection.js';
import { projections } from './projections/projections.js';
import { openReadModels } from './read-models.js';
import type { BidRow } from './rows.js';
import { expectedRows, isBid } from './testing/expected-rows.js';
import { filledStore, halfFilledStore, recordAll, small } from './testing/filled-store.js';
import { history } from './testing/history.js';
import { inDirectory } from './testing/in-directory.js';
import { MemoryStore } from './testing/memory-store.js';
import { caughtUp, modelNames, servedRows } from './testing/served-rows.js';
import { TestLog } from './testing/test-log.js';

test.each([1, 2, 3])('every read model equals an independent fold of the streams (seed %i)', async (seed) => {
  await inDirectory(async (directory) => {
    const store = new MemoryStore();
    const models = await openReadModels({ directory, store });
    recordAll(store, history({ ...small, seed }));
    await caughtUp(models, store);
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    expect(models.failure()).toBeNull();
    await models.close();
  });
});

test('what was there at the start is built, what comes later follows, and a restart begins where the store is', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    const third = rest.length >> 1;
    const first = await openReadModels({ directory, store });
    expect(servedRows(first)).toEqual(expectedRows(store.events));
    recordAll(store, rest.slice(0, third));
    await caughtUp(first, store);
    await first.close();

    recordAll(store, rest.slice(third));
    const log = new TestLog();
    const second = await openReadModels({ directory, store, log });
    expect(servedRows(second)).toEqual(expectedRows(store.events));
    expect(log.lines).toEqual([]);
    await second.close();
  });
});

test('a start goes on with the rows that there are while the store is away, or tells nothing of what it holds', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    await (await openReadModels({ directory, store })).close();
    const rows = expectedRows(store.events);
    recordAll(store, rest);
    for (const [fault, told] of [
      ['down', []],
      ['silent', modelNames.map((name) => expect.stringMatching(`stands still: .*: ${name} is at`))],
    ] as const) {
      store[fault] = true;
      const log = new TestLog();
      const models = await openReadModels({ directory, store, log });
      expect(servedRows(models)).toEqual(rows);
      expect(log.lines).toEqual(told);
      await models.close();
      store.up();
    }
  });
});

test('a second server on the directory is refused, and let in once the first has closed', async () => {
  await inDirectory(async (directory) => {
    const store = new MemoryStore();
    const first = await openReadModels({ directory, store });
    await expect(openReadModels({ directory, store })).rejects.toThrow('are in use by another server');
    await first.close();
    await (await openReadModels({ directory, store })).close();
  });
});

test('waitFor resolves with the commit, also for events that the model ignores, and with false in the end', async () => {
  await inDirectory(async (directory) => {
    const store = new MemoryStore();
    const models = await openReadModels({ directory, store });
    expect(await models.lots.waitFor('3', 20)).toBe(false);

    const waiting = Promise.all(modelNames.map((name) => models[name].waitFor('30', 5_000)));
    recordAll(store, history(small));
    expect(await waiting).toEqual(modelNames.map(() => true));

    const head = store.events.at(-1)?.position ?? '';
    expect(await models.keys.waitFor(head, 5_000)).toBe(true);
    expect(models.keys.checkpoint).toBe(head);
    expect(await models.keys.waitFor('3', 0)).toBe(true);

    const endless = models.lots.waitFor('999999999', 60_000);
    await models.close();
    expect(await endless).toBe(false);
  });
});

test('a restart begins behind the ignored events that came last', async () => {
  await inDirectory(async (directory) => {
    const store = filledStore();
    const first = await openReadModels({ directory, store });
    const key = store.events.filter(({ type }) => type === 'KeyIssued').at(-1);
    const [issued] = store.record('key-x', [{ ...(key as never as StoredEvent), version: 1, id: 'another' }]);
    await first.lots.waitFor(issued?.position ?? '', 5_000);
    await first.close();
    const second = await openReadModels({ directory, store });
    expect(second.lots.checkpoint).toBe(issued?.position);
    await second.close();
  });
});

test('listeners get each handled event once, in commit order, when its row can be read', async () => {
  await inDirectory(async (directory) => {
    const store = new MemoryStore();
    const log = new TestLog();
    const models = await openReadModels({ directory, store, log });
    log.lines.length = 0;
    const got: StoredEvent[] = [];
    models.bids.onCommitted((events) => {
      for (const event of events) {
        got.push(event);
        if (event.type !== 'BidPlaced' && event.type !== 'BidArrivedLate')
          throw new Error(`bids do not handle ${event.type}`);
        const key = `bid/${event.data.bidId}`;
        if (models.bids.get(key)?.bidId !== event.data.bidId) throw new Error(`${key} cannot be read yet`);
      }
    });
    models.bids.onCommitted(() => {
      throw new Error('no time');
    });
    let stopped = 0;
    const unsubscribe = models.bids.onCommitted(() => {
      stopped += 1;
      unsubscribe();
    });
    recordAll(store, history(small));
    await caughtUp(models, store);
    expect(got).toEqual(store.events.filter(isBid));
    expect(stopped).toBe(1);
    expect(new Set(log.lines)).toEqual(new Set(['error a listener to a read model threw: no time']));
    await models.close();
  });
});

test('a handler that throws stops its model at that event, tells which, and leaves the others alone', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    const comingBids = rest.flatMap(({ events }) => events).filter(isBid);
    const poisoned = comingBids.findIndex(({ type }, at) => at >= 40 && type === 'BidPlaced');
    const poison = comingBids[poisoned]?.id;
    const placed = projections.bids.on.BidPlaced as EventHandler<BidRow, 'BidPlaced'>;
    const bids: typeof projections.bids = {
      ...projections.bids,
      on: {
        ...projections.bids.on,
        BidPlaced(row, event) {
          if (event.id === poison) throw new Error('I will not');
          return placed(row, event);
        },
      },
    };
    const models = await openReadModels({ directory, store, projections: { ...projections, bids } });
    const heard: string[] = [];
    models.bids.onCommitted((events) => heard.push(...events.map(({ id }) => id)));
    recordAll(store, rest);
    const others = modelNames.filter((name) => name !== 'bids');
    for (const name of others)
      expect(await models[name].waitFor(store.events.at(-1)?.position ?? '', 10_000)).toBe(true);
    while (models.failure() === null) await pause(5);

    const at = store.events.findIndex(({ id }) => id === poison);
    const [last, bad] = store.events.slice(at - 1, at + 1);
    const place = `at position ${bad?.position} (revision ${bad?.revision} of ${bad?.stream})`;
    expect(models.failure()).toBe(`bids cannot handle BidPlaced ${poison} ${place}: I will not`);
    const { bids: rows } = expectedRows(store.events, last?.position);
    expect(servedRows(models)).toEqual({ ...expectedRows(store.events), bids: rows });
    expect(heard).toEqual(comingBids.slice(0, poisoned).map(({ id }) => id));
    expect(models.bids.checkpoint).toBe(last?.position);
    await models.close();
  });
});

test('an event of a type that the program does not know stops every model', async () => {
  await inDirectory(async (directory) => {
    const store = new MemoryStore();
    const models = await openReadModels({ directory, store });
    const metadata = { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'system' };
    store.record('lot-1', [{ id: 'e1', type: 'LotTeleported', version: 1, data: {}, metadata }]);
    while ((models.failure() ?? '').split(';').length < modelNames.length) await pause(5);
    expect(models.failure()).toContain(
      'lots cannot handle LotTeleported e1 at position 3 (revision 0 of lot-1): the program does not know this type',
    );
    await models.close();
  });
});

test('reads answer while the store is away, and the rows follow when it is back', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    await (await openReadModels({ directory, store })).close();
    const rows = expectedRows(store.events);
    store.down = true;
    const models = await openReadModels({ directory, store });
    expect(servedRows(models)).toEqual(rows);
    recordAll(store, rest);
    await pause(50);
    expect(servedRows(models)).toEqual(rows);
    store.up();
    await caughtUp(models, store);
    expect(servedRows(models)).toEqual(expectedRows(store.events));
    await models.close();
  });
});

test('the lag tells position, head and for how long', async () => {
  await inDirectory(async (directory) => {
    const { store, rest } = halfFilledStore();
    const models = await openReadModels({ directory, store });
    const first = store.events.at(-1)?.position;
    await pause(50);
    expect(models.lag().lots).toEqual({ position: first, head: first, behindMs: 0 });
    store.silent = true;
    recordAll(store, rest);
    const head = store.events.at(-1)?.position;
    await pause(1_200);
    expect(models.lag().lots).toEqual({ position: first, head, behindMs: expect.any(Number) });
    await pause(30);
    expect(models.lag().lots.behindMs).toBeGreaterThan(20);
    store.up();
    await caughtUp(models, store);
    expect(models.lag().lots).toEqual({ position: head, head, behindMs: 0 });
    await models.close();
  });
});
