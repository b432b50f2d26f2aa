import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StorageFailure } from './storage-failure.js';
import { type ReadBytes, WAL_HEADER_BYTES } from './wal-frames.js';
import { firstLostPage, summarizeWal, type WalSummary } from './wal-summary.js';

export const walOf = (file: string): string => `${file}-wal`;

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Whether a write-ahead log may hold commits: its header and the beginning of a frame. */
export const holdsFrames = (wal: string): boolean => sizeOf(wal) > WAL_HEADER_BYTES;

/** Whether the file's owner waits for the disk at every commit (synchronous=FULL), or only when the log is copied (NORMAL). */
export type Commits = 'synced' | 'unsynced';

/**
 * Finds what SQLite would pass over in silence when it opens the files after a crash: it takes the log up to the first frame
 * that does not check, whatever stands behind it; and as long as there is a log, it does not miss pages that a truncated main
 * file has lost. Throws StorageFailure. A torn last group is no damage: it was never acknowledged. Where commits are unsynced, a power
 * cut may leave any frame of the log wrong, and SQLite goes back to what stands in front of it.
 *
 * The main file is only measured, never opened: closing it here would drop the locks that SQLite holds on it in this process
 * (https://sqlite.org/howtocorrupt.html, 2.2). Call it while nobody writes.
 */
export function checkWalAndSize(file: string, commits: Commits = 'synced'): void {
  const mainBytes = sizeOf(file);
  if (mainBytes === 0) throw damage(`${file} is empty: it was truncated`);
  const wal = walOf(file);
  if (!holdsFrames(wal)) return; // SQLite itself compares the size with the header.

  const log = openSync(wal, 'r');
  try {
    const summary = summaryOf(wal, (into, from) => readSync(log, into, 0, into.byteLength, from));
    if (summary !== undefined) checkSummary({ file, wal, mainBytes, commits }, summary);
  } finally {
    closeSync(log);
  }
}

/** Undefined for a log in which nothing was ever durable. */
function summaryOf(wal: string, read: ReadBytes): WalSummary | undefined {
  const summary = summarizeWal(read);
  // A power cut can leave a new log as zeros.
  if (summary === undefined && !isAllZeros(read)) throw damage(`${wal} is damaged: its header does not check`);
  return summary;
}

interface Checked {
  readonly file: string;
  readonly wal: string;
  readonly mainBytes: number;
  readonly commits: Commits;
}

function checkSummary({ file, wal, mainBytes, commits }: Checked, summary: WalSummary): void {
  const { damagedFrame, databasePages, pageBytes } = summary;
  if (damagedFrame !== null && commits === 'synced') {
    throw damage(`${wal} is damaged: frame ${damagedFrame} is wrong, but commits follow it`);
  }
  const lost = firstLostPage(Math.floor(mainBytes / pageBytes), summary);
  if (lost === null) return;
  throw damage(`${file} is truncated: it lacks page ${lost} of ${databasePages}, and so does its log`);
}

function isAllZeros(read: ReadBytes): boolean {
  const bytes = Buffer.alloc(65_536);
  for (let from = 0; ; from += bytes.length) {
    const count = read(bytes, from);
    if (count === 0) return true;
    if (bytes.subarray(0, count).some((byte) => byte !== 0)) return false;
  }
}

const damage = (message: string): StorageFailure => new StorageFailure(message, true);
