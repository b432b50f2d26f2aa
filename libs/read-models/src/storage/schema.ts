/** Of the files, not of the rows; another value than a file's own means: build it anew. */
const FORMAT = 1;

/** The due index comes last, when a build is finished: filled in one go. */
export const CREATE_TABLES = `
  CREATE TABLE rows (key TEXT PRIMARY KEY, value TEXT NOT NULL, due INTEGER) WITHOUT ROWID;
  CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), position TEXT NOT NULL);
`;

/** Marks the file as complete. */
export const COMPLETE = `
  CREATE INDEX due_rows ON rows (due) WHERE due IS NOT NULL;
  PRAGMA user_version = ${FORMAT};
`;

export const isComplete = (userVersion: unknown): boolean => userVersion === FORMAT;

export const SET_CHECKPOINT =
  'INSERT INTO checkpoint (id, position) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET position = excluded.position';

const upsert = (count: number) =>
  `INSERT INTO rows (key, value, due) VALUES ${Array(count).fill('(?, ?, ?)').join(', ')}
   ON CONFLICT (key) DO UPDATE SET value = excluded.value, due = excluded.due`;

/** Rows of one statement: calls into SQLite cost as much as the rows themselves. */
export const UPSERT_ROWS = 16;
export const UPSERT_MANY = upsert(UPSERT_ROWS);
export const UPSERT_ONE = upsert(1);
export const DELETE_ONE = 'DELETE FROM rows WHERE key = ?';
