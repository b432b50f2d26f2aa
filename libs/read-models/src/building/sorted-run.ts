import { changing } from '../storage/layout.js';
import type { Cell, RowCells } from '../storage/written-row.js';

/** About 65 MB of rows of lots. Sorted, neighbours fall into the same page: twice as fast as in the order of arrival. */
const RUN_ROWS = 65_536;

/** Gathers rows and hands them out in the order of their keys, for each key only the newest. */
export class SortedRun {
  #keys: string[] = [];
  /** Value and due time of each key. */
  #rest: Cell[] = [];

  get full(): boolean {
    return this.#keys.length >= RUN_ROWS;
  }

  add(rows: RowCells): void {
    for (let at = 0; at < rows.length; at += changing.cells) {
      this.#keys.push(rows[at] as string);
      this.#rest.push(rows[at + 1] as Cell, rows[at + 2] as Cell);
    }
  }

  take(): RowCells {
    const keys = this.#keys;
    const rest = this.#rest;
    this.#keys = [];
    this.#rest = [];
    const sorted: RowCells = [];
    const order = inOrder(keys);
    order.forEach((row, index) => {
      const key = keys[row] as string;
      const next = order[index + 1];
      if (next === undefined || keys[next] !== key) sorted.push(key, rest[2 * row] as Cell, rest[2 * row + 1] as Cell);
    });
    return sorted;
  }
}

/** Of equal keys the newest comes last. */
function inOrder(keys: readonly string[]): number[] {
  return Array.from(keys.keys()).sort((a, b) => {
    const left = keys[a] as string;
    const right = keys[b] as string;
    if (left < right) return -1;
    return left === right ? a - b : 1;
  });
}
