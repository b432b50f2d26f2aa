import { dumpRows } from './dump-rows.js';
import type { ReadModelName } from './projections/projections.js';
import { openReadModels, type ReadModels } from './read-models.js';
import { type ExpectedRows, expectedRows } from './testing/expected-rows.js';
import { history } from './testing/history.js';
import { inDirectory } from './testing/in-directory.js';
import { MemoryStore } from './testing/memory-store.js';

const names = ['lots', 'auctions', 'auctionLots', 'bids', 'bidderBids', 'keys'] as const;
const small = { seed: 7, auctions: 8, lotsPerAuction: 4, steps: 1_500 };

function rowsOf(models: ReadModels): ExpectedRows {
  const dump = (name: ReadModelName) => [...dumpRows(models[name])].map(({ key, json }) => [key, JSON.parse(json)]);
  return Object.fromEntries(names.map((name) => [name, Object.fromEntries(dump(name))]));
}

async function caughtUp(models: ReadModels, store: MemoryStore): Promise<void> {
  const head = (await store.head()) ?? '0';
  for (const name of names) expect(await models[name].waitFor(head, 10_000)).toBe(true);
}

test('every read model equals an independent fold of the streams', async () => {
  await inDirectory(async (directory) => {
    const store = new MemoryStore();
    const models = await openReadModels({ directory, store });
    for (const { stream, events } of history(small)) store.record(stream, events);
    await caughtUp(models, store);
    expect(rowsOf(models)).toEqual(expectedRows(store.events));
    expect(models.failure()).toBeNull();
    await models.close();
    await store.close();
  });
});
