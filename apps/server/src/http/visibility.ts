import { comparePositions, type EventStore, type Position } from '#event-store/event-store.js';
import type { ReadModel } from '#read-models/read-model.js';
import type { ReadModels } from '#read-models/read-models.js';
import { unavailable, validationFailed } from './problems.js';

/** In front of everything that is stored. */
const START = '0';
/** How long a query waits for the position it names, milliseconds. */
const QUERY_PATIENCE_MS = 5_000;
/** How long for one that is not stored yet: it may be told before it is acknowledged here. */
const AHEAD_PATIENCE_MS = 1_000;
/** How long the answer to a command waits for the read models, milliseconds. */
const COMMAND_PATIENCE_MS = 1_000;

/** Lets callers see what was written: a position that they name, or what they did themselves. */
export class Visibility {
  constructor(
    private readonly store: EventStore,
    private readonly readModels: ReadModels,
  ) {}

  /**
   * The read model, once it has come as far as `atLeast`. Throws 400 for a position that the store does not reach soon, and 503
   * when the read model takes too long.
   */
  async reach<Row extends object>(model: ReadModel<Row>, atLeast: Position | undefined): Promise<ReadModel<Row>> {
    const { checkpoint } = model;
    if (atLeast === undefined || (checkpoint !== null && comparePositions(atLeast, checkpoint) <= 0)) return model;
    // With the store away nothing is known of its end; what was read from it before may still come.
    const head = await this.store.head().catch(() => atLeast);
    // Where nothing is stored nothing is missing.
    if (head === null && atLeast === START) return model;
    if (comparePositions(atLeast, head ?? START) > 0) {
      if (await model.waitFor(atLeast, AHEAD_PATIENCE_MS)) return model;
      throw validationFailed([
        { field: 'query.atLeast', message: 'is a position that the event store has not reached' },
      ]);
    }
    if (await model.waitFor(atLeast, QUERY_PATIENCE_MS)) return model;
    throw unavailable('read-model-behind', `The read model ${model.name} has not come as far as ${atLeast}.`);
  }

  /** The read model, once it has all that is stored now. Throws StoreUnavailable, and 503 when the read model takes too long. */
  async upToDate<Row extends object>(model: ReadModel<Row>): Promise<ReadModel<Row>> {
    return this.reach(model, (await this.store.head()) ?? undefined);
  }

  /** Waits until the keys that are stored now are known here, a second at most. */
  async keysShown(): Promise<void> {
    const head = await this.store.head().catch(() => null);
    if (head !== null) await this.readModels.keys.waitFor(head, COMMAND_PATIENCE_MS);
  }

  /**
   * Waits until the read models show what is stored now, so that the next query of an auctioneer shows what they did without naming
   * a position. What takes longer is not waited for: the command is done.
   */
  async shown(): Promise<void> {
    const head = await this.store.head().catch(() => null);
    if (head === null) return;
    const { auctions, listings, lots, keys, webhooks } = this.readModels;
    await Promise.all(
      [auctions, listings, lots, keys, webhooks].map((model) => model.waitFor(head, COMMAND_PATIENCE_MS)),
    );
  }
}
