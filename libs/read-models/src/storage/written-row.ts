export type Cell = string | number | null;

/**
 * Rows on their way to a file, in one flat list, because that is the cheapest to hand to a thread. Of a row that changes three cells:
 * key, JSON (null: delete), due in epoch milliseconds or null. Of one that stays four: key, JSON, second and third key or null.
 */
export type RowCells = Cell[];
