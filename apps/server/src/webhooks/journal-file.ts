import Database from 'libsql';

const BUSY_MS = 1_000;
/** Of the tables below: a file of a later one is not opened. */
const FORMAT = 3;

const REDELIVERIES = `
  CREATE TABLE redeliveries (
    command TEXT PRIMARY KEY, webhook TEXT NOT NULL, digest TEXT NOT NULL, deliveries INTEGER, at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** From each earlier format to the next. */
const UPGRADES: readonly string[] = ['ALTER TABLE lanes ADD COLUMN paused_until INTEGER;', REDELIVERIES];

const TABLES = `
  CREATE TABLE lanes (
    webhook TEXT PRIMARY KEY, live TEXT, replay_from TEXT, replay_until TEXT, failing_since INTEGER,
    paused_until INTEGER
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

/** Opens the file, made or brought to this format where that is needed. Throws for one that is of a later format, damaged, or no database. */
export function openJournalFile(file: string): Database.Database {
  const db = new Database(file);
  try {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = ${BUSY_MS}`);
    const [version] = db.prepare('PRAGMA user_version').raw().get([]) as [number];
    if (version > FORMAT) throw new Error(`it has format ${version}, of another Gavel`);
    const missing = version === 0 ? TABLES : UPGRADES.slice(version - 1).join('');
    if (version < FORMAT) db.exec(`BEGIN; ${missing} PRAGMA user_version = ${FORMAT}; COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
