import type { StoreHarness } from '../../contract-suite.js';
import type { EventStore } from '../../event-store.js';
import { type EmbeddedStoreOptions, openEmbeddedStore } from '../embedded-store.js';
import { temporaryDirectory } from './temporary-directory.js';

const optionsOf = new WeakMap<EventStore, EmbeddedStoreOptions>();

async function open(options: EmbeddedStoreOptions): Promise<EventStore> {
  const store = await openEmbeddedStore(options);
  optionsOf.set(store, options);
  return store;
}

/** Each store in a directory of its own. */
export const embeddedHarness: StoreHarness = {
  open: (options) => open({ directory: temporaryDirectory(), ...options }),
  reopen: async (store) => {
    await store.close();
    return open(optionsOf.get(store) as EmbeddedStoreOptions);
  },
};
