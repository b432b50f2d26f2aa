import { type EventStore, type Position, StoreUnusable } from '#event-store/event-store.js';
import { makeDirectory } from '#platform/make-directory.js';
import type { BuildProgress } from './build-generation.js';
import { caughtUp } from './catch-up.js';
import { type Log, silent } from './log.js';
import { ModelSet } from './model-set.js';
import { usableGenerations } from './opening.js';
import { projections as ownProjections, type Projections, type ReadModelName } from './projections/projections.js';
import type { ReadModel } from './read-model.js';
import type { AuctionRow, BidRow, KeyRow, ListingRow, LotRow, WebhookRow } from './rows.js';
import { type DirectoryLock, lockDirectory } from './storage/directory-lock.js';
import { codeOf, messageOf } from './storage/failures.js';

export interface OpenReadModels {
  /** Where the files lie; made when it is missing, for its owner alone. One server at a time, the CLI beside it. */
  readonly directory: string;
  readonly store: EventStore;
  readonly log?: Log;
  /** Other handlers or versions than the program's own: for tests. */
  readonly projections?: Projections;
}

export interface ReadModelLag {
  /** The last position that the rows reflect; where they cannot be written, the last one that the file holds. */
  readonly position: Position | null;
  /** The end of the store, at most about a second old; null until it is known. */
  readonly head: Position | null;
  /** For how long the rows have been behind that head, as far as was noticed; 0: they are not. */
  readonly behindMs: number;
}

export type ReadModelLags = Readonly<Record<ReadModelName, ReadModelLag>>;

export interface RebuildResult {
  /** Read from the store. */
  readonly events: number;
  readonly rows: number;
  readonly milliseconds: number;
}

/**
 * Opens the read models and takes them along with the store. Builds those that are missing, damaged or of an older version,
 * and waits for that, and for the store if it is away then. Those that were there are where the store was at the start, unless it is
 * away or they stand still. Throws StoreUnusable when another server holds the directory, or with what the disk says.
 */
export async function openReadModels(options: OpenReadModels): Promise<ReadModels> {
  const { directory, store, log = silent, projections = ownProjections } = options;
  makeDirectory(directory);
  let lock: DirectoryLock | null = null;
  try {
    lock = lockDirectory(directory, 'serving');
    if (lock === null) throw new StoreUnusable(`the read models in ${directory} are in use by another server`);
    const { release } = lock;
    const generations = await usableGenerations(Object.values(projections), { directory, store, log });
    const set = new ModelSet(projections, generations, { directory, store, log });
    const models = new ReadModels(set, release);
    await caughtUp(set.models(), store, log);
    return models;
  } catch (error) {
    lock?.release();
    // SQLite names no file.
    if (!codeOf(error).startsWith('SQLITE_')) throw error;
    throw new StoreUnusable(`the read models in ${directory} cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}

/** The query side: rows that follow the store by milliseconds, and answer while the store is away. */
export class ReadModels {
  readonly lots: ReadModel<LotRow>;
  readonly auctions: ReadModel<AuctionRow>;
  readonly listings: ReadModel<ListingRow>;
  readonly bids: ReadModel<BidRow>;
  readonly keys: ReadModel<KeyRow>;
  readonly webhooks: ReadModel<WebhookRow>;
  readonly #set: ModelSet;
  readonly #release: () => void;
  #closed: Promise<void> | undefined;

  constructor(set: ModelSet, release: () => void) {
    this.#set = set;
    this.#release = release;
    this.lots = set.modelOf('lots');
    this.auctions = set.modelOf('auctions');
    this.listings = set.modelOf('listings');
    this.bids = set.modelOf('bids');
    this.keys = set.modelOf('keys');
    this.webhooks = set.modelOf('webhooks');
  }

  /**
   * Builds the model anew beside the one that serves, then swaps. Rejects with BuildRunning while any build runs in the
   * directory, and with what a handler, the store or the disk says; the one that served serves on then.
   */
  rebuild(name: ReadModelName, onProgress?: (progress: BuildProgress) => void): Promise<RebuildResult> {
    return this.#set.rebuild(name, onProgress);
  }

  lag(): ReadModelLags {
    return this.#set.lag();
  }

  /** Models that do not go on by themselves, and why; null: all do. */
  failure(): string | null {
    return this.#set.failure();
  }

  /** Ends after the commits under way. */
  close(): Promise<void> {
    this.#closed ??= this.#set.close().finally(this.#release);
    return this.#closed;
  }
}
