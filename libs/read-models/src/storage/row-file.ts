import type { EpochMs } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';
import { compareKeys } from '../row-keys.js';
import { type Connection, connect, type Query } from './connect.js';
import { CorruptRows } from './failures.js';
import type { Layout, PlacedRow } from './layout.js';

/** Behind every key with the prefix before it. */
const AFTER_ALL = '\u{10FFFF}';
/** A reader of a WAL hardly ever waits; if it does, the event loop waits with it. */
const BUSY_MS = 50;
const CACHE_KIB = 8_192;
const PAGE_ROWS = 1_000;

type StoredRow = readonly [key: string, json: string, due: EpochMs | null];

export interface KeyRange {
  readonly prefix: string;
  /** Exclusive. */
  readonly after?: string;
  readonly limit: number;
  readonly descending?: boolean;
}

/** The reading side of one generation, in this thread. Every query is read to its end: an open one would pin the WAL. */
export class RowFile {
  readonly #db: Connection;
  readonly #layout: Layout;
  readonly #get: Query;
  readonly #from: Query;
  readonly #behind: Query;
  readonly #before: Query;
  readonly #due: Query;
  readonly #checkpoint: Query;

  /** Throws CorruptRows for a file that cannot serve. */
  constructor(readonly path: string) {
    const { db, layout } = connect(path, BUSY_MS);
    this.#db = db;
    this.#layout = layout;
    this.#db.exec(`PRAGMA query_only = 1; PRAGMA cache_size = -${CACHE_KIB}`);
    const query = (sql: string) => this.#db.prepare(sql).raw();
    const columns = 'SELECT key, value, due FROM rows';
    this.#get = query('SELECT value FROM rows WHERE key = ?');
    this.#from = query(`${columns} WHERE key >= ? AND key < ? ORDER BY key LIMIT ?`);
    this.#behind = query(`${columns} WHERE key > ? AND key < ? ORDER BY key LIMIT ?`);
    this.#before = query(`${columns} WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ?`);
    this.#due = query('SELECT key, due FROM rows WHERE due <= ? ORDER BY due, key LIMIT ?');
    this.#checkpoint = query('SELECT position FROM checkpoint');
  }

  get(key: string): string | null {
    const row = this.#get.get([key]) as [string] | undefined;
    return row === undefined ? null : row[0];
  }

  scan({ prefix, after, limit, descending = false }: KeyRange): readonly StoredRow[] {
    const end = prefix + AFTER_ALL;
    if (descending)
      return rows(this.#before, [prefix, after !== undefined && compareKeys(after, end) < 0 ? after : end, limit]);
    if (after === undefined || compareKeys(after, prefix) < 0) return rows(this.#from, [prefix, end, limit]);
    return rows(this.#behind, [after, end, limit]);
  }

  due(at: EpochMs, limit: number): readonly (readonly [key: string, due: EpochMs])[] {
    return this.#due.all([at, limit]) as [string, EpochMs][];
  }

  checkpoint(): Position | null {
    return (this.#checkpoint.get([]) as [string] | undefined)?.[0] ?? null;
  }

  /** Every row, page by page, whole: for whoever compares files. */
  *all(): Generator<PlacedRow, void, undefined> {
    const { behind, start } = this.#layout;
    const query = this.#db.prepare(behind).raw();
    let last = start;
    for (;;) {
      const page = query.all([last, PAGE_ROWS]) as unknown as readonly PlacedRow[];
      yield* page;
      if (page.length < PAGE_ROWS) return;
      last = (page.at(-1) as PlacedRow)[0];
    }
  }

  /** Reads the whole file. Throws CorruptRows where an index does not say what its table says: rows would not be found. */
  checkIndexes(): void {
    const [[finding] = ['no answer to integrity_check']] = this.#db
      .prepare('PRAGMA integrity_check(1)')
      .raw()
      .all([]) as unknown as [string][];
    if (finding !== 'ok') throw new CorruptRows(`${this.path}: ${finding}`);
  }

  /** What is read until `end` is of one moment. Not for long: meanwhile the WAL only grows. */
  beginSnapshot(): void {
    this.#db.exec('BEGIN');
  }

  endSnapshot(): void {
    this.#db.exec('COMMIT');
  }

  /** libsql lets go of the file once its statements are collected as garbage. */
  close(): void {
    this.#db.close();
  }
}

const rows = (query: Query, values: unknown[]): readonly StoredRow[] => query.all(values) as unknown as StoredRow[];

/** Throws CorruptRows when the row is not JSON. */
export function parseRow<Row>(key: string, json: string): Row {
  try {
    return JSON.parse(json) as Row;
  } catch (error) {
    throw new CorruptRows(`row ${key} is not JSON`, { cause: error });
  }
}
