import type { Connection, Query } from './connection.js';

type Cell = string | number;

/** Rows of one statement: one by one they cost a third more. */
const AT_ONCE = 8;

/** Rows of a table that the transaction under way has still to insert. */
export class PendingRows {
  readonly #columns: number;
  readonly #many: Query;
  readonly #one: Query;
  #cells: Cell[] = [];

  /** `insert` is the statement up to the values, `conflict` what follows them. */
  constructor(db: Connection, columns: number, insert: string, conflict = '') {
    const row = `(${Array(columns).fill('?').join(', ')})`;
    const statement = (rows: number) => db.prepare(`${insert} VALUES ${Array(rows).fill(row).join(', ')} ${conflict}`);
    this.#columns = columns;
    this.#many = statement(AT_ONCE);
    this.#one = statement(1);
  }

  add(...row: Cell[]): void {
    this.#cells.push(...row);
  }

  /** Inserts those that fill a statement. */
  insertMost(): void {
    const cells = this.#cells;
    const many = AT_ONCE * this.#columns;
    let at = 0;
    for (; at + many <= cells.length; at += many) this.#many.run(cells.slice(at, at + many));
    if (at > 0) this.#cells = cells.slice(at);
  }

  insertAll(): void {
    this.insertMost();
    const cells = this.#cells;
    for (let at = 0; at < cells.length; at += this.#columns) this.#one.run(cells.slice(at, at + this.#columns));
    this.#cells = [];
  }

  drop(): void {
    this.#cells = [];
  }
}
