import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StorageFailure } from './storage-failure.js';
import { firstLostPage, summarizeWal } from './wal-frames.js';

export const walOf = (file: string): string => `${file}-wal`;

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Whether a write-ahead log may hold commits: its header and the beginning of a frame. */
export const holdsFrames = (wal: string): boolean => sizeOf(wal) > 32;

/**
 * What SQLite would pass over in silence when it opens the files after a crash: it takes the WAL up to the first frame that
 * does not check, whatever stands behind it, and does not miss pages that a truncated main file has lost as long as a WAL is
 * there. Throws StorageFailure. A torn last group is no damage: it was never acknowledged.
 *
 * The main file is only measured, never opened: closing it here would drop the locks that SQLite holds on it in this process
 * (https://sqlite.org/howtocorrupt.html, 2.2).
 */
export function checkWalAndSize(file: string): void {
  const mainBytes = sizeOf(file);
  if (mainBytes === 0) throw new StorageFailure(`${file} is empty: it was truncated`, true);
  const wal = walOf(file);
  if (!holdsFrames(wal)) return; // SQLite itself compares the size with the header.

  const fd = openSync(wal, 'r');
  const summary = summarizeWal((into, from) => readSync(fd, into, 0, into.byteLength, from));
  closeSync(fd);
  if (summary === 'no-header') throw new StorageFailure(`${wal} is damaged: its header does not check`, true);
  if (summary.damagedFrame !== null) {
    throw new StorageFailure(
      `${wal} is damaged: frame ${summary.damagedFrame} does not check, but commits stand behind it`,
      true,
    );
  }
  const lost = firstLostPage(Math.floor(mainBytes / summary.pageBytes), summary);
  if (lost !== null) {
    throw new StorageFailure(
      `${file} is truncated: page ${lost} of ${summary.databasePages} is neither in it nor in ${wal}`,
      true,
    );
  }
}
