import { type Connection, number, rowsOf } from './connection.js';
import { StorageFailure, storageFailure } from './storage-failure.js';

/** "GAVL" in ASCII, at byte 68 of the file: what tells the store from any other SQLite file. */
const APPLICATION_ID = 0x4741_564c;

/** Of a position; what is above them is its epoch. Longer epochs write more pages of the index, shorter ones more runs. */
const EPOCH_BITS = 14;

/** Version of the tables below. A program refuses files of a version that it does not know. */
const FORMAT = 2;
/** The one before it: its index of streams began with the stream, and it had no runs. A start brings its files to the newest. */
const OLD_FORMAT = 1;

/**
 * Positions and keys are given by the writer and never used twice. A stream is an integer in `events`, because its name would
 * stand in every row and in every entry of the index. STRICT, so that an integrity check also compares the types.
 *
 * The index of streams begins with the epoch, 16,384 positions: so all entries that are being written stand together, and an append
 * to a cold stream dirties no page of its own. `runs` has a row for each epoch in which a stream has events, with the revision of the
 * first: whoever reads a stream goes from run to run.
 */
const TABLES = [
  `CREATE TABLE streams (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL
) STRICT`,
  `CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  data TEXT NOT NULL,
  metadata TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  epoch INTEGER AS (position >> ${EPOCH_BITS}) VIRTUAL
) STRICT`,
  'CREATE UNIQUE INDEX events_of_streams ON events (epoch, stream, revision)',
  `CREATE TABLE runs (
  stream INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  PRIMARY KEY (stream, revision)
) STRICT, WITHOUT ROWID`,
];

/** The epoch of a position. */
export const epochOf = (position: number): number => Math.floor(position / 2 ** EPOCH_BITS);

/**
 * The events `e` of a stream, from a revision on and in its order: what stands behind FROM, up to the limit. `stream` and `from` are
 * SQL, and may stand for parameters that are numbered.
 */
export const ofStream = (stream: string, from: string): string => `
  runs r JOIN events e ON e.epoch = r.epoch AND e.stream = r.stream
  WHERE r.stream = ${stream} AND e.revision >= ${from}
    AND r.revision >= coalesce((SELECT max(revision) FROM runs WHERE stream = ${stream} AND revision <= ${from}), 0)
  ORDER BY r.revision, e.revision`;

/** Pages of 4 KiB: the WAL takes whole pages. Of 8 KiB, appends over a thousand streams were as fast. */
export function createTables(db: Connection): void {
  db.exec('PRAGMA page_size=4096; PRAGMA auto_vacuum=NONE; PRAGMA synchronous=FULL');
  db.exec(`BEGIN; ${TABLES.join(';')}; PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${FORMAT}; COMMIT`);
}

/** Inside the caller's transaction, and on sound files only. Writes every event once more. */
export function upgradeTables(db: Connection): void {
  const [, events, ...rest] = TABLES;
  db.exec(`
    ALTER TABLE events RENAME TO old_events;
    ${events};
    INSERT INTO events SELECT * FROM old_events ORDER BY position;
    DROP TABLE old_events;
    ${rest.join(';')};
    INSERT INTO runs SELECT stream, min(revision), epoch FROM events GROUP BY epoch, stream;
    PRAGMA user_version=${FORMAT}`);
}

/** Whether the file is a store of the format before this one. */
export function isOld(db: Connection, file: string): boolean {
  const { application, format } = headerOf(db, file);
  return application === APPLICATION_ID && format === OLD_FORMAT;
}

/** Throws StorageFailure unless the file is a store of this format with all its tables. Reads the header and one page. */
export function checkIdentity(db: Connection, file: string): void {
  const { application, format, tables } = headerOf(db, file);
  if (application !== APPLICATION_ID) throw unusable(`${file} is a database of another program`);
  if (format === OLD_FORMAT)
    throw unusable(`${file} has format ${format}; a start of the server brings it to ${FORMAT}`);
  if (format !== FORMAT) throw unusable(`${file} has format ${format}, of another Gavel; this one knows ${FORMAT}`);
  const missing = TABLES.find((table) => !tables.includes(table));
  if (missing === undefined) return;
  throw unusable(`${file} is damaged: ${/(TABLE|INDEX) \w+/.exec(missing)?.[0]} is missing in its schema`);
}

function headerOf(db: Connection, file: string): { application: number; format: number; tables: string[] } {
  try {
    const tables = rowsOf(db, 'SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').all() as string[][];
    const application = number(db, 'PRAGMA application_id');
    return { application, format: number(db, 'PRAGMA user_version'), tables: tables.flat() };
  } catch (error) {
    throw storageFailure(file, error);
  }
}

const unusable = (message: string): StorageFailure => new StorageFailure(message, true);
