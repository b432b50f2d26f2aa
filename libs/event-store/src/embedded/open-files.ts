import { type Connection, connect, connectReadOnly, eventsFile, firstRow } from './connection.js';
import { allProblems, pageProblems, problemsAtStart } from './content-checks.js';
import { checkIdentity, createTables, isOld, upgradeTables } from './schema.js';
import { damaged, makeOrCheck, sizeProblems } from './sound-file.js';
import { storageFailure } from './storage-failure.js';

/** Checkpoints copy at most about this much: more saves page writes, but holds up the commit that has to wait for it. */
const CHECKPOINT_PAGES = 4_096;
const CACHE_KIB = 65_536;

/**
 * Opens the files for the one writer, or makes them. Throws StorageFailure, without having written, when they are damaged or
 * not ours: nothing is repaired here.
 */
export function openFiles(directory: string, maxPages: number | undefined): { db: Connection; file: string } {
  const file = eventsFile(directory);
  try {
    makeOrCheck(file, createTables);
    upgrade(file, maxPages);
    checkContents(file);
    const db = connect(file);
    configure(db, maxPages);
    return { db, file };
  } catch (error) {
    throw storageFailure(file, error);
  }
}

function configure(db: Connection, maxPages: number | undefined): void {
  const [mode] = firstRow<[string]>(db, 'PRAGMA journal_mode=WAL') ?? [];
  if (mode !== 'wal') throw new Error(`this file system cannot hold a write-ahead log (journal mode ${mode})`);
  db.exec('PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF');
  db.exec(`PRAGMA cache_size=-${CACHE_KIB}; PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`);
  // A long reader lets the WAL grow; afterwards it shrinks to four checkpoints' worth.
  db.exec(`PRAGMA journal_size_limit=${4 * CHECKPOINT_PAGES * 4096}`);
  if (maxPages !== undefined) db.exec(`PRAGMA max_page_count=${maxPages}`);
}

/** On a connection that cannot write: another one would copy the log into a damaged file when it closes. */
function checkContents(file: string): void {
  const db = connectReadOnly(file);
  try {
    checkIdentity(db, file);
    const problems = [...sizeProblems(db, file), ...problemsAtStart(db)];
    if (problems.length > 0) throw damaged(file, problems);
  } finally {
    db.close();
  }
}

/** Brings sound files of the format before this one to this one, in one transaction: they are wholly the one or the other. */
function upgrade(file: string, maxPages: number | undefined): void {
  if (!needsUpgrade(file)) return;
  const db = connect(file);
  try {
    configure(db, maxPages);
    db.exec('BEGIN IMMEDIATE');
    upgradeTables(db);
    const problems = allProblems(db);
    if (problems.length > 0) throw damaged(file, problems);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

function needsUpgrade(file: string): boolean {
  const db = connectReadOnly(file);
  try {
    if (!isOld(db, file)) return false;
    const problems = [...sizeProblems(db, file), ...pageProblems(db)];
    if (problems.length > 0) throw damaged(file, problems);
    return true;
  } finally {
    db.close();
  }
}
