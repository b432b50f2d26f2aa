import type { StoreHarness } from '../../contract-suite.js';
import type { EventStore } from '../../event-store.js';
import { catalogueUpcast, type Upcast } from '../../upcast.js';
import { openEventStoreDb } from '../event-store-db.js';

/** The suite's stores share one database: what the cases with an upcaster of their own write is read by the others, too. */
const suiteUpcast: Upcast = (type, version, data) =>
  type === 'BidPlaced' && version === 2 ? { data: data as object } : catalogueUpcast(type, version, data);

/** The contract suite on a server; `reopen` restarts it, where that is in our hands. */
export function eventStoreHarness(url: () => string, restart?: () => Promise<void>): StoreHarness {
  const open = async (upcast: Upcast = suiteUpcast): Promise<EventStore> => openEventStoreDb({ url: url(), upcast });
  return {
    open: ({ upcast } = {}) => open(upcast),
    reopen: async (store) => {
      await store.close();
      await restart?.();
      return open();
    },
  };
}
