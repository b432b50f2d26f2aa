import type { Connection, Query } from './connect.js';
import { DELETE_ONE, UPSERT_MANY, UPSERT_ONE, UPSERT_ROWS } from './schema.js';
import { CELLS, type RowCells } from './written-row.js';

const MANY = UPSERT_ROWS * CELLS;

/** Puts rows into a file, inside the caller's transaction. The keys of one call differ from each other. */
export class RowWrites {
  readonly #many: Query;
  readonly #one: Query;
  readonly #delete: Query;

  constructor(db: Connection) {
    this.#many = db.prepare(UPSERT_MANY);
    this.#one = db.prepare(UPSERT_ONE);
    this.#delete = db.prepare(DELETE_ONE);
  }

  write(rows: RowCells): void {
    const kept = this.#withoutDeleted(rows);
    let at = 0;
    for (; at + MANY <= kept.length; at += MANY) this.#many.run(kept.slice(at, at + MANY));
    for (; at < kept.length; at += CELLS) this.#one.run(kept.slice(at, at + CELLS));
  }

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
