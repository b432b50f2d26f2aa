import type { EventStore } from '../event-store.js';

/** How the suite gets at an adapter. */
export interface StoreHarness {
  /** A store, or one more connection to a shared one. `upcast` stands in for the catalogue's. */
  open(options?: { upcast?: SuiteUpcast }): Promise<EventStore>;
  /** Stops the store's process, or does as if, and opens the same data again. Left out where that is not in our hands. */
  reopen?(store: EventStore): Promise<EventStore>;
}

export type SuiteUpcast = (type: string, version: number, data: unknown) => { readonly data: object };

export type UseStore = () => EventStore;
