import { describeEventStore } from '#event-store/contract-suite.js';
import { catalogueUpcast } from '#event-store/upcast.js';
import { MemoryEventStore } from './memory-event-store.js';

// What the tests of other parts stand on behaves as the adapters do.
describeEventStore('the memory store', {
  open: async ({ upcast = catalogueUpcast } = {}) => new MemoryEventStore(Date.now, upcast),
});
