import { CELLS, type RowCells } from '../storage/written-row.js';

/** About 25 MB of rows of bids. Sorted, neighbours fall into the same page: twice as fast as in the order of arrival. */
const RUN_ROWS = 65_536;

/** Gathers rows and hands them out in the order of their keys, for each key only the newest. */
export class SortedRun {
  #cells: RowCells = [];

  get full(): boolean {
    return this.#cells.length >= RUN_ROWS * CELLS;
  }

  add(rows: RowCells): void {
    for (const cell of rows) this.#cells.push(cell);
  }

  take(): RowCells {
    const cells = this.#cells;
    this.#cells = [];
    const keyAt = (at: number) => cells[at] as string;
    // Stable: of equal keys the newest stays last.
    const order = Array.from({ length: cells.length / CELLS }, (_, row) => row * CELLS);
    order.sort((a, b) => (keyAt(a) < keyAt(b) ? -1 : keyAt(a) > keyAt(b) ? 1 : 0));
    const sorted: RowCells = [];
    order.forEach((at, index) => {
      const next = order[index + 1];
      if (next !== undefined && keyAt(next) === keyAt(at)) return;
      sorted.push(cells[at] as string, cells[at + 1] as string | null, cells[at + 2] as number | null);
    });
    return sorted;
  }
}
