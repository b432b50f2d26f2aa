import type Database from 'libsql';

type Cell = string | number | null;

/** Rows of one statement: calls into SQLite cost as much as the rows themselves. */
const AT_ONCE = 16;

/** Inserts rows of so many columns, many at once. `cells` are those of row after row. */
export class InsertRows {
  readonly #columns: number;
  readonly #many: Database.Statement<unknown[]>;
  readonly #one: Database.Statement<unknown[]>;

  /** `insert` is the statement up to the values, `conflict` what follows them. */
  constructor(db: Database.Database, columns: number, insert: string, conflict = '') {
    const row = `(${Array(columns).fill('?').join(', ')})`;
    const statement = (rows: number) => db.prepare(`${insert} VALUES ${Array(rows).fill(row).join(', ')} ${conflict}`);
    this.#columns = columns;
    this.#many = statement(AT_ONCE);
    this.#one = statement(1);
  }

  run(cells: readonly Cell[]): void {
    for (let at = this.runFull(cells); at < cells.length; at += this.#columns) {
      this.#one.run(cells.slice(at, at + this.#columns));
    }
  }

  /** Inserts those that fill a statement; the rest begins at the index that it answers. */
  runFull(cells: readonly Cell[]): number {
    const many = AT_ONCE * this.#columns;
    let at = 0;
    for (; at + many <= cells.length; at += many) this.#many.run(cells.slice(at, at + many));
    return at;
  }
}
