export type Cell = string | number | null;

/**
 * Rows on their way to a file, three cells each: key, JSON (null: delete; a JSON string: the key of the row that is meant), due in
 * epoch milliseconds or null. One flat list, because that is the cheapest to hand to a thread.
 */
export type RowCells = Cell[];
export const CELLS = 3;
