import type { ReadModels } from '../read-models.js';
import { dumpRows } from './dump-rows.js';
import type { ExpectedRows } from './expected-rows.js';
import type { MemoryStore } from './memory-store.js';

export const modelNames = ['lots', 'auctions', 'listings', 'bids', 'keys', 'webhooks'] as const;

/** All the rows of all the read models. */
export function servedRows(models: ReadModels): ExpectedRows {
  return Object.fromEntries(
    modelNames.map((name) => {
      const rows = [...dumpRows(models[name])].map(({ key, json }) => [key, JSON.parse(json)] as const);
      return [name, Object.fromEntries(rows)];
    }),
  );
}

/** Waits until every model reflects what is in the store now. */
export async function caughtUp(models: ReadModels, store: MemoryStore): Promise<void> {
  const head = store.events.at(-1)?.position;
  if (head === undefined) return;
  for (const name of modelNames) {
    if (!(await models[name].waitFor(head, 20_000)))
      throw new Error(`${name} is at ${models[name].checkpoint}, not at ${head}`);
  }
}
