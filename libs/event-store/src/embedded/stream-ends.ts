import { LRUCache } from 'lru-cache';
import { InsertRows } from '#platform/insert-rows.js';
import { type Connection, number, type Query, rowsOf } from './connection.js';
import { StorageFailure } from './storage-failure.js';

/** Where a stream ends. */
export interface StreamEnd {
  /** The stream's integer in the tables. */
  readonly key: number;
  readonly revision: number;
  /** Of its last event. */
  readonly epoch: number;
}

/** About 200 bytes each; a stream that was evicted costs one indexed query when it is written again. */
const REMEMBERED = 50_000;

/**
 * The end of each stream, inside and outside the transaction. What a transaction moves lives apart until `keep`, so that a
 * rollback cannot leave a revision behind that was never committed.
 */
export class StreamEnds {
  readonly #committed = new LRUCache<string, StreamEnd>({ max: REMEMBERED });
  readonly #moved = new Map<string, StreamEnd>();
  readonly #find: Query;
  readonly #insert: InsertRows;
  #lastKey: number;

  constructor(db: Connection) {
    this.#find = rowsOf(
      db,
      `SELECT s.id, s.revision, e.epoch, e.revision
       FROM streams s LEFT JOIN events e ON e.stream = s.id AND e.epoch =
         (SELECT epoch FROM runs WHERE stream = s.id ORDER BY revision DESC LIMIT 1)
       WHERE s.name = ? ORDER BY e.revision DESC LIMIT 1`,
    );
    const moved = 'ON CONFLICT (id) DO UPDATE SET revision = excluded.revision';
    this.#insert = new InsertRows(db, 3, 'INSERT INTO streams (id, name, revision)', moved);
    this.#lastKey = number(db, 'SELECT max(id) FROM streams');
  }

  /** Throws StorageFailure where the stream's events end elsewhere: no index would keep what is written behind a wrong end apart. */
  of(name: string): StreamEnd | undefined {
    return this.#moved.get(name) ?? this.#committed.get(name) ?? this.#load(name);
  }

  /** For a new stream. */
  nextKey(): number {
    this.#lastKey += 1;
    return this.#lastKey;
  }

  /** Inside the transaction. */
  move(name: string, end: StreamEnd): void {
    this.#moved.set(name, end);
  }

  /** Writes each stream that the transaction moved, once, however many appends moved it. Call before COMMIT. */
  write(): void {
    this.#insert.run([...this.#moved].flatMap(([name, { key, revision }]) => [key, name, revision]));
  }

  /** The transaction was committed. */
  keep(): void {
    for (const [name, end] of this.#moved) this.#committed.set(name, end);
    this.#moved.clear();
  }

  /** The transaction was rolled back. Its new keys are not used again. */
  drop(): void {
    this.#moved.clear();
  }

  #load(name: string): StreamEnd | undefined {
    const row = this.#find.get([name]) as [number, number, number, number | null] | undefined;
    if (row === undefined) return undefined;
    const [key, revision, epoch, last] = row;
    if (last !== revision) {
      throw new StorageFailure(
        `the store is damaged: ${name} ends at revision ${revision}, its events at ${last}`,
        true,
      );
    }
    const end = { key, revision, epoch };
    this.#committed.set(name, end);
    return end;
  }
}
