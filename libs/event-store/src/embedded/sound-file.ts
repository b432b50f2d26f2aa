import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Connection, connect, number } from './connection.js';
import { StorageFailure } from './storage-failure.js';
import { type Commits, checkWalAndSize, holdsFrames, walOf } from './wal-check.js';

/**
 * Makes the file where there is none; else finds what SQLite would pass over in silence when it opens it. Throws StorageFailure.
 * Call it before the first connection, while nobody writes.
 */
export function makeOrCheck(file: string, createTables: (db: Connection) => void, commits: Commits = 'synced'): void {
  if (!existsSync(file)) create(file, createTables);
  checkWalAndSize(file, commits);
}

/** Under a draft name first: so a file that is empty or half made is always damage, and never a crash while creating. */
function create(file: string, createTables: (db: Connection) => void): void {
  const wal = walOf(file);
  if (holdsFrames(wal)) throw new StorageFailure(`${file} is missing, but ${wal} holds what was committed`, true);
  const draft = `${file}.new`;
  for (const leftover of [draft, `${draft}-journal`]) rmSync(leftover, { force: true });
  const db = connect(draft);
  try {
    createTables(db);
  } finally {
    db.close();
  }
  renameSync(draft, file);
  syncDirectory(dirname(file));
}

/** The new name of a file survives a power cut only once its directory is on disk. */
function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

/** SQLite reads the missing end of a last page as zeros. With a log, that page is in it or makeOrCheck has found out. */
export function sizeProblems(db: Connection, file: string): string[] {
  if (holdsFrames(walOf(file))) return [];
  const expected = number(db, 'PRAGMA page_count') * number(db, 'PRAGMA page_size');
  const found = statSync(file).size;
  return found < expected ? [`it has ${found} of ${expected} bytes`] : [];
}

export const damaged = (file: string, problems: readonly string[]): StorageFailure =>
  new StorageFailure(`${file} is damaged: ${problems.join('; ')}`, true);
