import type { InsertRows } from '#platform/insert-rows.js';

/** Rows of a table that the transaction under way has still to insert. */
export class PendingRows {
  #cells: (string | number)[] = [];

  constructor(private readonly insert: InsertRows) {}

  add(...row: (string | number)[]): void {
    this.#cells.push(...row);
  }

  /** Inserts those that fill a statement. */
  insertMost(): void {
    const inserted = this.insert.runFull(this.#cells);
    if (inserted > 0) this.#cells = this.#cells.slice(inserted);
  }

  insertAll(): void {
    this.insert.run(this.#cells);
    this.#cells = [];
  }

  drop(): void {
    this.#cells = [];
  }
}
