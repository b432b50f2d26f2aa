import { rmSync } from 'node:fs';
import Database from 'libsql';
import { MEASURES } from './measures.js';

const BUSY_MS = 1_000;
/** Of the tables below. A file of another format is made anew: all of it is in the event store. */
const FORMAT = 1;

const COUNTS = `minute INTEGER NOT NULL, auction TEXT NOT NULL, lastUnitOf TEXT NOT NULL,
  ${MEASURES.map((measure) => `${measure} INTEGER NOT NULL`).join(', ')}`;

const TABLES = `
  CREATE TABLE batches (
    generation INTEGER PRIMARY KEY, position TEXT, at INTEGER, serving INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE cells (
    generation INTEGER NOT NULL, ${COUNTS}, PRIMARY KEY (generation, minute, auction, lastUnitOf)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE speed (position TEXT PRIMARY KEY, ${COUNTS}) STRICT, WITHOUT ROWID;
  CREATE INDEX speed_minutes ON speed (minute);
  CREATE TABLE partitions (
    topic TEXT NOT NULL, partition INTEGER NOT NULL, next TEXT NOT NULL, position TEXT, newest_at INTEGER,
    PRIMARY KEY (topic, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE currencies (auction TEXT PRIMARY KEY, currency TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE sole_unit_lots (lot TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  INSERT INTO batches VALUES (1, NULL, NULL, 1);
`;

/** Opens the file; one that is missing, damaged or of another format is made anew. */
export function openAnalyticsFile(file: string): Database.Database {
  try {
    return opened(file);
  } catch {
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return opened(file);
  }
}

function opened(file: string): Database.Database {
  const db = new Database(file);
  try {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = ${BUSY_MS}`);
    const [version] = db.prepare('PRAGMA user_version').raw().get([]) as [number];
    if (version !== FORMAT && version !== 0) throw new Error(`it has format ${version}, of another Gavel`);
    if (version === 0) db.exec(`BEGIN; ${TABLES} PRAGMA user_version = ${FORMAT}; COMMIT`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
