import type { EpochMs } from '#contracts/time.js';
import { InsertRows } from '#platform/insert-rows.js';
import type { Connection, Query } from './connect.js';
import {
  CHECKPOINT_TABLE,
  type KeyRange,
  type Layout,
  type RowQueries,
  type RowWrites,
  type StoredRow,
} from './layout.js';
import { RangeQueries } from './range-queries.js';
import type { RowCells } from './written-row.js';

const CELLS = 3;

/** Rows that change: one for each key. */
export const changing: Layout = {
  format: 2,
  // A row of a lot is about a kilobyte: a smaller page would hold only half of it, and reading it would take twice as long.
  pageBytes: 8_192,
  create: `
    CREATE TABLE rows (key TEXT PRIMARY KEY, value TEXT NOT NULL, due INTEGER) WITHOUT ROWID;
    CREATE INDEX due_rows ON rows (due) WHERE due IS NOT NULL;
    ${CHECKPOINT_TABLE}
  `,
  count: 'SELECT count(*) FROM rows',
  behind: 'SELECT key, key, value, due, NULL, NULL FROM rows WHERE key > ? ORDER BY key LIMIT ?',
  start: '',
  writes: (db) => new ChangingWrites(db),
  queries: (db) => new ChangingQueries(db),
};

class ChangingWrites implements RowWrites {
  readonly #put: InsertRows;
  readonly #delete: Query;

  constructor(db: Connection) {
    const newest = 'ON CONFLICT (key) DO UPDATE SET value = excluded.value, due = excluded.due';
    this.#put = new InsertRows(db, CELLS, 'INSERT INTO rows (key, value, due)', newest);
    this.#delete = db.prepare('DELETE FROM rows WHERE key = ?');
  }

  write(rows: RowCells): void {
    this.#put.run(this.#withoutDeleted(rows));
  }

  drop(): void {}

  #withoutDeleted(rows: RowCells): RowCells {
    let kept: RowCells | null = null;
    for (let at = 0; at < rows.length; at += CELLS) {
      if (rows[at + 1] === null) {
        kept ??= rows.slice(0, at);
        this.#delete.run([rows[at]]);
      } else kept?.push(...rows.slice(at, at + CELLS));
    }
    return kept ?? rows;
  }
}

class ChangingQueries implements RowQueries {
  readonly #get: Query;
  readonly #inRange: RangeQueries;
  readonly #due: Query;

  constructor(db: Connection) {
    this.#get = db.prepare('SELECT value FROM rows WHERE key = ?').raw();
    this.#inRange = new RangeQueries(db, 'SELECT key, value, due FROM rows WHERE', 'key');
    this.#due = db.prepare('SELECT key, due FROM rows WHERE due <= ? ORDER BY due, key LIMIT ?').raw();
  }

  get(key: string): string | null {
    return (this.#get.get([key]) as [string] | undefined)?.[0] ?? null;
  }

  scan(range: KeyRange): readonly StoredRow[] {
    return this.#inRange.all([], range);
  }

  due(at: EpochMs, limit: number): readonly (readonly [key: string, due: EpochMs])[] {
    return this.#due.all([at, limit]) as [string, EpochMs][];
  }
}
