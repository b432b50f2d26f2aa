import type { EpochMs } from '#contracts/time.js';

/** Where a row stands among the others: its key, or a number where rows stand in the order in which they came. */
export type Place = string | number;

/** A row with all that its file says of it. */
export type PlacedRow = readonly [
  place: Place,
  key: string,
  json: string,
  due: EpochMs | null,
  second: string | null,
  third: string | null,
];

/** How the rows of a generation stand in its file. Either way `rows` is what is read: key, value (JSON) and due. */
export interface Layout {
  /** The file's `user_version` once it is complete: a file with another value is built anew. */
  readonly format: number;
  readonly pageBytes: number;
  readonly create: string;
  /** Cells of a row on its way to the file, see RowCells. */
  readonly cells: number;
  insert(rows: number): string;
  /** Answers how many rows there are. */
  readonly count: string;
  /** Answers the rows behind a place, as PlacedRows in their order. */
  readonly behind: string;
  /** In front of every row. */
  readonly start: Place;
}

const CHECKPOINT = 'CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), position TEXT NOT NULL);';
const values = (row: string, rows: number) => Array(rows).fill(row).join(', ');

/** Rows that change: one for each key. */
export const changing: Layout = {
  format: 2,
  // A row of a lot is about a kilobyte: a smaller page would hold only half of it, and reading it would take twice as long.
  pageBytes: 8_192,
  create: `
    CREATE TABLE rows (key TEXT PRIMARY KEY, value TEXT NOT NULL, due INTEGER) WITHOUT ROWID;
    CREATE INDEX due_rows ON rows (due) WHERE due IS NOT NULL;
    ${CHECKPOINT}
  `,
  cells: 3,
  insert: (rows) =>
    `INSERT INTO rows (key, value, due) VALUES ${values('(?, ?, ?)', rows)}
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, due = excluded.due`,
  count: 'SELECT count(*) FROM rows',
  behind: 'SELECT key, key, value, due, NULL, NULL FROM rows WHERE key > ? ORDER BY key LIMIT ?',
  start: '',
};

/**
 * Rows that stay as they are, one behind the other as they came, each under up to three keys. A row is written to the end of the
 * table, whatever its keys are: with three indexes that costs a third of three rows in the order of their keys.
 */
export const appended: Layout = {
  format: 3,
  pageBytes: 4_096,
  create: `
    CREATE TABLE entries (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, second TEXT, third TEXT);
    CREATE VIEW rows AS
      SELECT key, value, NULL AS due FROM entries
      UNION ALL SELECT second, value, NULL FROM entries WHERE second IS NOT NULL
      UNION ALL SELECT third, value, NULL FROM entries WHERE third IS NOT NULL;
    CREATE INDEX keys ON entries (key);
    CREATE INDEX second_keys ON entries (second) WHERE second IS NOT NULL;
    CREATE INDEX third_keys ON entries (third) WHERE third IS NOT NULL;
    ${CHECKPOINT}
  `,
  cells: 4,
  insert: (rows) => `INSERT INTO entries (key, value, second, third) VALUES ${values('(?, ?, ?, ?)', rows)}`,
  count: 'SELECT count(*) FROM entries',
  behind: 'SELECT id, key, value, NULL, second, third FROM entries WHERE id > ? ORDER BY id LIMIT ?',
  start: 0,
};

/** Null: a file that is not complete, or of another program. */
export const layoutOf = (userVersion: unknown): Layout | null =>
  [changing, appended].find(({ format }) => format === userVersion) ?? null;

export const SET_CHECKPOINT =
  'INSERT INTO checkpoint (id, position) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET position = excluded.position';
