import type { Connection, Query } from './connect.js';
import { changing, type Layout } from './layout.js';
import type { RowCells } from './written-row.js';

/** Rows of one statement: calls into SQLite cost as much as the rows themselves. */
const AT_ONCE = 16;

/** Puts rows into a file, inside the caller's transaction. The keys of one call differ from each other. */
export class RowWrites {
  readonly #layout: Layout;
  readonly #many: Query;
  readonly #one: Query;
  /** Null: rows that stay. */
  readonly #delete: Query | null;

  constructor(db: Connection, layout: Layout) {
    this.#layout = layout;
    this.#many = db.prepare(layout.insert(AT_ONCE));
    this.#one = db.prepare(layout.insert(1));
    this.#delete = layout === changing ? db.prepare('DELETE FROM rows WHERE key = ?') : null;
  }

  write(rows: RowCells): void {
    const { cells } = this.#layout;
    const kept = this.#delete === null ? rows : this.#withoutDeleted(rows, this.#delete);
    const many = AT_ONCE * cells;
    let at = 0;
    for (; at + many <= kept.length; at += many) this.#many.run(kept.slice(at, at + many));
    for (; at < kept.length; at += cells) this.#one.run(kept.slice(at, at + cells));
  }

  #withoutDeleted(rows: RowCells, remove: Query): RowCells {
    const { cells } = this.#layout;
    let kept: RowCells | null = null;
    for (let at = 0; at < rows.length; at += cells) {
      if (rows[at + 1] === null) {
        kept ??= rows.slice(0, at);
        remove.run([rows[at]]);
      } else kept?.push(...rows.slice(at, at + cells));
    }
    return kept ?? rows;
  }
}
