import type { EpochMs } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';
import type { StoredEvent } from './projection.js';

export interface ScanOptions {
  /**
   * Only keys that begin with it, taken literally: pass `${id}/`, or a longer id matches as well. Empty: every key. Of rows that are
   * appended only those whose last '/' ends it.
   */
  readonly prefix: string;
  /** The last key that was seen, in full: the scan goes on behind it. */
  readonly after?: string;
  /** Rows at most: 1 to 10,000. */
  readonly limit: number;
  readonly descending?: boolean;
}

export interface KeyedRow<Row extends object> {
  readonly key: string;
  readonly row: Row;
}

/**
 * Rows that lag the store by milliseconds. All reads are synchronous and see what listeners were told of. They throw
 * ReadModelUnavailable while a damaged file is being built anew, and whatever SQLite throws when the disk fails.
 */
export interface ReadModel<Row extends object> {
  readonly name: string;
  /** The last position that the rows reflect; null before the first event. */
  readonly checkpoint: Position | null;
  get(key: string): Row | null;
  /** In the order of the keys (bytes of UTF-8). Throws RangeError for a limit out of bounds. */
  scan(options: ScanOptions): readonly KeyedRow<Row>[];
  /** Keys of the rows that are due at `at`, the earliest first, equal times in the order of the keys. */
  due(at: EpochMs, limit: number): readonly string[];
  /** True as soon as the rows reflect `position`, false after `timeoutMs` milliseconds or when the read models close. */
  waitFor(position: Position, timeoutMs: number): Promise<boolean>;
  /**
   * Calls `listener`, once the rows are there to be read, with the events that this model handles, in commit order, each once while
   * the process runs. Returns what unsubscribes it. A listener that throws is logged and keeps nothing back.
   */
  onCommitted(listener: (events: readonly StoredEvent[]) => void): () => void;
}

/** The rows are being built anew: ask again in a moment. */
export class ReadModelUnavailable extends Error {
  override readonly name = 'ReadModelUnavailable';
}
