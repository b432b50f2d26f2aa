import { compareKeys } from '../row-keys.js';
import type { Connection, Query } from './connect.js';
import type { KeyRange, StoredRow } from './layout.js';

/** Behind every key with the prefix before it. */
export const AFTER_ALL = '\u{10FFFF}';

/** The rows of a range of keys, in their order or against it. */
export class RangeQueries {
  readonly #from: Query;
  readonly #behind: Query;
  readonly #before: Query;

  /** `select` goes on with a condition on `column`, which holds the keys. */
  constructor(db: Connection, select: string, column: string) {
    const query = (condition: string) => db.prepare(`${select} ${condition} LIMIT ?`).raw();
    this.#from = query(`${column} >= ? AND ${column} < ? ORDER BY ${column}`);
    this.#behind = query(`${column} > ? AND ${column} < ? ORDER BY ${column}`);
    this.#before = query(`${column} >= ? AND ${column} < ? ORDER BY ${column} DESC`);
  }

  /** `values` are those of `select`. */
  all(values: readonly unknown[], { prefix, after, limit, descending = false }: KeyRange): readonly StoredRow[] {
    const rows = (query: Query, from: string, end: string) =>
      query.all([...values, from, end, limit]) as unknown as readonly StoredRow[];
    const end = prefix + AFTER_ALL;
    if (descending) return rows(this.#before, prefix, after !== undefined && compareKeys(after, end) < 0 ? after : end);
    if (after === undefined || compareKeys(after, prefix) < 0) return rows(this.#from, prefix, end);
    return rows(this.#behind, after, end);
  }
}
