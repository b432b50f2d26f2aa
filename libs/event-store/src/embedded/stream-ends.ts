import { LRUCache } from 'lru-cache';
import { type Connection, number, type Query, rowsOf } from './connection.js';

/** Where a stream ends. `key` is its integer in the tables. */
export interface StreamEnd {
  readonly key: number;
  readonly revision: number;
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
  readonly #insert: Query;
  readonly #update: Query;
  #lastKey: number;
  #lastStoredKey: number;

  constructor(db: Connection) {
    this.#find = rowsOf(db, 'SELECT id, revision FROM streams WHERE name = ?');
    this.#insert = db.prepare('INSERT INTO streams (id, name, revision) VALUES (?, ?, ?)');
    this.#update = db.prepare('UPDATE streams SET revision = ? WHERE id = ?');
    this.#lastStoredKey = number(db, 'SELECT max(id) FROM streams');
    this.#lastKey = this.#lastStoredKey;
  }

  of(name: string): StreamEnd | undefined {
    return this.#moved.get(name) ?? this.#committed.get(name) ?? this.#load(name);
  }

  /** Moves the end inside the transaction. Answers the stream's key, a new one for a new stream. */
  move(name: string, end: StreamEnd | undefined, revision: number): number {
    const key = end?.key ?? ++this.#lastKey;
    this.#moved.set(name, { key, revision });
    return key;
  }

  /** Writes each stream that the transaction moved, once, however many appends moved it. Call before COMMIT. */
  write(): void {
    for (const [name, { key, revision }] of this.#moved) {
      if (key > this.#lastStoredKey) this.#insert.run([key, name, revision]);
      else this.#update.run([revision, key]);
    }
  }

  /** The transaction was committed. */
  keep(): void {
    for (const [name, end] of this.#moved) this.#committed.set(name, end);
    this.#moved.clear();
    this.#lastStoredKey = this.#lastKey;
  }

  /** The transaction was rolled back. Its new keys are not used again. */
  drop(): void {
    this.#moved.clear();
  }

  #load(name: string): StreamEnd | undefined {
    const row = this.#find.get([name]) as [number, number] | undefined;
    if (row === undefined) return undefined;
    const end = { key: row[0], revision: row[1] };
    this.#committed.set(name, end);
    return end;
  }
}
