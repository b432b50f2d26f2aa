/** A row on its way to a file: key, JSON (null: delete), due in epoch milliseconds or null. Flat, three cells a row: cheap to hand to a thread. */
export type Cell = string | number | null;
export type RowCells = Cell[];
export const CELLS = 3;
