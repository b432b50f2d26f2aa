import type { EpochMs } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';
import { type Connection, connect, type Query } from './connect.js';
import { CorruptRows } from './failures.js';
import type { KeyRange, Layout, PlacedRow, RowQueries, StoredRow } from './layout.js';

/** A reader of a WAL hardly ever waits; if it does, the event loop waits with it. */
const BUSY_MS = 50;
const CACHE_KIB = 8_192;
const PAGE_ROWS = 1_000;

/** The reading side of one generation, in this thread. Every query is read to its end: an open one would pin the WAL. */
export class RowFile {
  readonly layout: Layout;
  readonly #db: Connection;
  readonly #queries: RowQueries;
  readonly #checkpoint: Query;

  /** Throws CorruptRows for a file that cannot serve. */
  constructor(readonly path: string) {
    const { db, layout } = connect(path, BUSY_MS);
    this.#db = db;
    this.layout = layout;
    this.#db.exec(`PRAGMA query_only = 1; PRAGMA cache_size = -${CACHE_KIB}`);
    this.#queries = layout.queries(db);
    this.#checkpoint = db.prepare('SELECT position FROM checkpoint').raw();
  }

  get(key: string): string | null {
    return this.#queries.get(key);
  }

  scan(range: KeyRange): readonly StoredRow[] {
    return this.#queries.scan(range);
  }

  due(at: EpochMs, limit: number): readonly (readonly [key: string, due: EpochMs])[] {
    return this.#queries.due(at, limit);
  }

  checkpoint(): Position | null {
    return (this.#checkpoint.get([]) as [string] | undefined)?.[0] ?? null;
  }

  /** Every row, page by page, whole: for whoever compares files. */
  *all(): Generator<PlacedRow, void, undefined> {
    const { behind, start } = this.layout;
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

/** Throws CorruptRows when the row is not JSON. */
export function parseRow<Row>(key: string, json: string): Row {
  try {
    return JSON.parse(json) as Row;
  } catch (error) {
    throw new CorruptRows(`row ${key} is not JSON`, { cause: error });
  }
}
