import { type Connection, connect, connectReadOnly, firstRow, number } from '#event-store/embedded/connection.js';
import { damaged, makeOrCheck, sizeProblems } from '#event-store/embedded/sound-file.js';
import { StorageFailure, storageFailure } from '#event-store/embedded/storage-failure.js';

/** Of the tables below: a file of another one that is not upgraded is not opened. */
const FORMAT = 4;

const REDELIVERIES = `
  CREATE TABLE redeliveries (
    command TEXT PRIMARY KEY, webhook TEXT NOT NULL, digest TEXT NOT NULL, deliveries INTEGER, at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** From each earlier format to the next. */
const UPGRADES: readonly string[] = [
  'ALTER TABLE lanes ADD COLUMN paused_until INTEGER;',
  REDELIVERIES,
  'ALTER TABLE lanes ADD COLUMN live_event TEXT;',
];

const TABLES = `
  CREATE TABLE lanes (
    webhook TEXT PRIMARY KEY, live TEXT, replay_from TEXT, replay_until TEXT, failing_since INTEGER,
    paused_until INTEGER, live_event TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE deliveries (
    webhook TEXT NOT NULL, position TEXT NOT NULL, event_id TEXT NOT NULL, event_type TEXT NOT NULL, body TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, last_at INTEGER NOT NULL, status INTEGER, error TEXT,
    next_at INTEGER, published INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (webhook, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX due ON deliveries (webhook, next_at) WHERE state = 'pending';
  CREATE INDEX dead ON deliveries (last_at) WHERE state = 'dead';
  ${REDELIVERIES}
`;

/**
 * Opens the file, made or brought to this format where that is needed. Throws StorageFailure, without having written, for one that is
 * of another format, damaged, or no database. Commits do not wait for the disk: a log that a power cut left in pieces is no damage.
 */
export function openJournalFile(file: string): Connection {
  try {
    makeOrCheck(file, createTables, 'unsynced');
    const format = formatOf(file);
    const db = connect(file);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    if (format < FORMAT)
      db.exec(`BEGIN; ${UPGRADES.slice(format - 1).join('')} PRAGMA user_version = ${FORMAT}; COMMIT`);
    return db;
  } catch (error) {
    throw storageFailure(file, error);
  }
}

const createTables = (db: Connection): void => {
  db.exec(`BEGIN; ${TABLES} PRAGMA user_version = ${FORMAT}; COMMIT`);
};

/** Of a sound file. On a connection that cannot write: another one would copy the log into a damaged file when it closes. */
function formatOf(file: string): number {
  const db = connectReadOnly(file);
  try {
    const format = number(db, 'PRAGMA user_version');
    if (format < 1 || format > FORMAT) throw new StorageFailure(`${file} has format ${format}, of another Gavel`, true);
    const [found = 'no answer to quick_check'] = firstRow<[string]>(db, 'PRAGMA quick_check(1)') ?? [];
    const problems = [...sizeProblems(db, file), ...(found === 'ok' ? [] : [found])];
    if (problems.length > 0) throw damaged(file, problems);
    return format;
  } finally {
    db.close();
  }
}
