import { type HistoryOptions, type HistoryStep, history } from './history.js';
import { MemoryStore } from './memory-store.js';

export const small: HistoryOptions = { seed: 7, auctions: 8, lotsPerAuction: 5, steps: 1_500 };

/** A store with the whole history. */
export function filledStore(options: HistoryOptions = small): MemoryStore {
  const store = new MemoryStore();
  recordAll(store, history(options));
  return store;
}

export function recordAll(store: MemoryStore, steps: Iterable<HistoryStep>): void {
  for (const { stream, events } of steps) store.record(stream, events);
}

/** A store with the first half, and the steps of the second. */
export function halfFilledStore(options: HistoryOptions = small): { store: MemoryStore; rest: readonly HistoryStep[] } {
  const steps = [...history(options)];
  const store = new MemoryStore();
  const middle = steps.length >> 1;
  recordAll(store, steps.slice(0, middle));
  return { store, rest: steps.slice(middle) };
}
