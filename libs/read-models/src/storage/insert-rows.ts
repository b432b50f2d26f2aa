import type { Connection, Query } from './connect.js';
import type { Cell } from './written-row.js';

/** Rows of one statement: calls into SQLite cost as much as the rows themselves. */
const AT_ONCE = 16;

/** Inserts rows of so many columns, many at once. */
export class InsertRows {
  readonly #columns: number;
  readonly #many: Query;
  readonly #one: Query;

  /** `insert` is the statement up to the values, `conflict` what follows them. */
  constructor(db: Connection, columns: number, insert: string, conflict = '') {
    const row = `(${Array(columns).fill('?').join(', ')})`;
    const statement = (rows: number) => db.prepare(`${insert} VALUES ${Array(rows).fill(row).join(', ')} ${conflict}`);
    this.#columns = columns;
    this.#many = statement(AT_ONCE);
    this.#one = statement(1);
  }

  run(cells: readonly Cell[]): void {
    const many = AT_ONCE * this.#columns;
    let at = 0;
    for (; at + many <= cells.length; at += many) this.#many.run(cells.slice(at, at + many));
    for (; at < cells.length; at += this.#columns) this.#one.run(cells.slice(at, at + this.#columns));
  }
}
