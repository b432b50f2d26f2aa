import { type Connection, number, rowsOf } from './connection.js';
import { StorageFailure, storageFailure } from './storage-failure.js';

/** "GAVL" in ASCII, at byte 68 of the file: what tells the store from any other SQLite file. */
const APPLICATION_ID = 0x4741_564c;

/** Version of the tables below. A program refuses files of a version that it does not know. */
const FORMAT = 1;

/**
 * Positions and keys are given by the writer and never used twice. A stream is an integer in `events`, because its name would
 * stand in every row and in every entry of the index. STRICT, so that an integrity check also compares the types.
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
  UNIQUE (stream, revision)
) STRICT`,
];

/**
 * Pages of 4 KiB: an append to a cold stream dirties one page of the (stream, revision) index, and the WAL takes whole pages.
 * With larger ones, appends spread over many streams are slower by a third; a hot stream and scans do not care.
 */
export function createTables(db: Connection): void {
  db.exec('PRAGMA page_size=4096; PRAGMA auto_vacuum=NONE; PRAGMA synchronous=FULL');
  db.exec(`BEGIN; ${TABLES.join(';')}; PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${FORMAT}; COMMIT`);
}

/** Throws StorageFailure unless the file is a store of this format with all its tables. Reads the header and one page. */
export function checkIdentity(db: Connection, file: string): void {
  const { application, format, tables } = headerOf(db, file);
  if (application !== APPLICATION_ID) throw unusable(`${file} is a database of another program`);
  if (format !== FORMAT) throw unusable(`${file} has format ${format}, of another Gavel; this one knows ${FORMAT}`);
  const missing = TABLES.find((table) => !tables.includes(table));
  if (missing === undefined) return;
  throw unusable(`${file} is damaged: ${/TABLE \w+/.exec(missing)?.[0]} is missing in its schema`);
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
