import { dirname, resolve } from 'node:path';
import { eventsFile, number } from './connection.js';
import { allProblems } from './content-checks.js';
import { connectForReading } from './embedded-reader.js';
import { storageFailure } from './storage-failure.js';
import { checkWalAndSize } from './wal-check.js';
import { whileNobodyWrites } from './writer-lock.js';

export interface FilesReport {
  /** 0 when damage prevents counting. */
  readonly events: number;
  readonly streams: number;
  /** One sentence per contradiction; empty when the files are sound. */
  readonly problems: readonly string[];
}

/**
 * Reads all of a store's files and compares what stands in several places: pages, indexes, the ends of the streams, positions
 * without gaps, JSON; and, unless a server is running, the write-ahead log. Changes nothing in what is there; SQLite adds an empty -wal
 * and a -shm where they are missing and may be made. Takes about 3 ms per MiB, in this thread. Throws StoreUnusable for files that
 * cannot be opened at all.
 */
export function verifyFiles(directory: string): FilesReport {
  const file = eventsFile(resolve(directory));
  const db = connectForReading(file);
  const problems = logProblems(file);
  try {
    problems.push(...allProblems(db));
    const count = (table: string): number => number(db, `SELECT count(*) FROM ${table}`);
    return { events: count('events'), streams: count('streams'), problems };
  } catch (error) {
    return { events: 0, streams: 0, problems: [...problems, storageFailure(file, error).message] };
  } finally {
    db.close();
  }
}

/**
 * A running server has checked its log when it started, and writes in it now: what looks like damage may be a commit. So only damage
 * that is still there while nobody can write is told, and only in front of damage is a server kept from starting.
 */
function logProblems(file: string): string[] {
  const found = logDamage(file);
  if (found.length === 0) return [];
  try {
    return whileNobodyWrites(dirname(file), () => logDamage(file)) ?? [];
  } catch (error) {
    return [...found, (error as Error).message];
  }
}

function logDamage(file: string): string[] {
  try {
    checkWalAndSize(file);
    return [];
  } catch (error) {
    return [storageFailure(file, error).message];
  }
}
