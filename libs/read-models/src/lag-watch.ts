import { comparePositions, type EventReader } from '#event-store/event-store.js';
import type { HostedModel } from './hosted-model.js';
import type { ReadModelName } from './projections/projections.js';
import type { ReadModelLag, ReadModelLags } from './read-models.js';
import { StoreHead } from './store-head.js';

/** How far behind the store the models are: their rows, or their files where those cannot be written. */
export class LagWatch {
  readonly #head: StoreHead;
  readonly #hosted: ReadonlyMap<ReadModelName, HostedModel<object>>;
  /** In milliseconds of `performance.now`. */
  readonly #behindSince = new Map<ReadModelName, number>();

  constructor(store: EventReader, hosted: ReadonlyMap<ReadModelName, HostedModel<object>>) {
    this.#hosted = hosted;
    // Looked at each time, so that it is noticed when a model falls behind, whether or not anybody asks.
    this.#head = new StoreHead(store, () => void this.lags());
  }

  lags(): ReadModelLags {
    return Object.fromEntries([...this.#hosted.keys()].map((name) => [name, this.#lagOf(name)])) as ReadModelLags;
  }

  close(): void {
    this.#head.close();
  }

  #lagOf(name: ReadModelName): ReadModelLag {
    const { model, runner } = this.#hosted.get(name) as HostedModel<object>;
    const head = this.#head.position;
    const position = (runner.unwritten ? model.generation?.persisted : model.checkpoint) ?? null;
    if (head === null || (position !== null && comparePositions(head, position) <= 0)) {
      this.#behindSince.delete(name);
      return { position, head, behindMs: 0 };
    }
    const since = this.#behindSince.get(name) ?? performance.now();
    this.#behindSince.set(name, since);
    return { position, head, behindMs: Math.round(performance.now() - since) };
  }
}
