import type { StoreHarness } from '../../contract-suite.js';
import type { EventStore } from '../../event-store.js';
import { type EmbeddedStoreOptions, openEmbeddedStore } from '../embedded-store.js';
import { temporaryDirectory } from './temporary-directory.js';

/** Each store in a directory of its own. */
export function embeddedHarness(options: Partial<EmbeddedStoreOptions> = {}): StoreHarness {
  const optionsOf = new WeakMap<EventStore, EmbeddedStoreOptions>();
  const open = async (all: EmbeddedStoreOptions): Promise<EventStore> => {
    const store = await openEmbeddedStore(all);
    optionsOf.set(store, all);
    return store;
  };
  return {
    open: (upcasting) => open({ directory: temporaryDirectory(), ...options, ...upcasting }),
    reopen: async (store) => {
      await store.close();
      return open(optionsOf.get(store) as EmbeddedStoreOptions);
    },
  };
}
