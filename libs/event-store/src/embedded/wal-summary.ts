import { type ReadBytes, readWalFrames, readWalHeader } from './wal-frames.js';

export interface WalSummary {
  readonly pageBytes: number;
  /** Size of the database after the last commit that SQLite will find in the log, in pages; 0 when it will find none. */
  readonly databasePages: number;
  /** The pages that those commits hold. */
  readonly pages: ReadonlySet<number>;
  /** Number of the frame that SQLite stops at although it or frames behind it were acknowledged; null when there is none. */
  readonly damagedFrame: number | null;
}

/**
 * Undefined when the log's header does not check.
 *
 * A commit begins once the one before it is durable. So a frame that goes on from a commit's last frame shows that this commit
 * was acknowledged; and a frame before it that does not check was damaged afterwards, and is not the torn end of a group that
 * was being written. Damage in the very last group cannot be told from a torn one.
 */
export function summarizeWal(read: ReadBytes): WalSummary | undefined {
  const header = readWalHeader(read);
  if (header === undefined) return undefined;
  const pages = new Set<number>();
  let databasePages = 0;
  let uncommitted: number[] = [];
  let stopped: number | null = null;
  let behindCommit = false;
  let number = 0;
  for (const { page, commitPages, checks } of readWalFrames(read, header)) {
    if (!checks) stopped ??= number;
    else if (stopped !== null && behindCommit) {
      return { pageBytes: header.pageBytes, databasePages, pages, damagedFrame: stopped };
    }
    if (stopped === null) uncommitted.push(page);
    if (stopped === null && commitPages > 0) {
      for (const committed of uncommitted) pages.add(committed);
      uncommitted = [];
      databasePages = commitPages;
    }
    behindCommit = commitPages > 0;
    number += 1;
  }
  return { pageBytes: header.pageBytes, databasePages, pages, damagedFrame: null };
}

/** The lock byte, at 1 GiB, has a page that is never written. */
const LOCK_BYTE = 0x4000_0000;

/** A page of the database that neither a main file of `mainPages` pages nor the log holds; null when all are there. */
export function firstLostPage(mainPages: number, { pages, databasePages, pageBytes }: WalSummary): number | null {
  const lockPage = LOCK_BYTE / pageBytes + 1;
  for (let page = mainPages + 1; page <= databasePages; page += 1) {
    if (!pages.has(page) && page !== lockPage) return page;
  }
  return null;
}
