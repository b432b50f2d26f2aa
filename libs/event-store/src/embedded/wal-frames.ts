/** What stands in a write-ahead log, as https://sqlite.org/fileformat2.html#walformat lays it out. */
export interface WalSummary {
  readonly pageBytes: number;
  /** Size of the database after the last commit that SQLite will find, in pages; 0 when it will find none. */
  readonly databasePages: number;
  /** The pages that those commits hold. */
  readonly pages: ReadonlySet<number>;
  /** Number of a frame that SQLite stops at although acknowledged commits stand in or behind it; null when there is none. */
  readonly damagedFrame: number | null;
}

/** Fills `into` with the bytes at `from`; answers how many there were. */
export type ReadBytes = (into: Uint8Array, from: number) => number;

const HEADER = 32;
const FRAME_HEADER = 24;
/** The last bit of the magic number tells the byte order of the words that are summed. */
const MAGIC_LITTLE = 0x377f_0682;
const MAGIC_BIG = 0x377f_0683;

interface Sum {
  readonly a: number;
  readonly b: number;
}

interface Frame {
  readonly page: number;
  /** Size of the database in pages when the frame ends a commit, otherwise 0. */
  readonly commitPages: number;
  /** As it is written in the frame: what the sum of the next frame goes on from. */
  readonly sum: Sum;
  /** The frame belongs to this log and its sum is right. */
  readonly checks: boolean;
}

/**
 * A commit begins once the one before it is durable. So a frame that continues the sum of a commit's last frame shows that
 * this commit was acknowledged: if a frame before it does not check, that frame was damaged later, and is not the torn end of
 * a group that was being written. Damage in the very last group cannot be told from a torn one.
 */
export function summarizeWal(read: ReadBytes): WalSummary | 'no-header' {
  const header = new DataView(new ArrayBuffer(HEADER));
  read(new Uint8Array(header.buffer), 0);
  const magic = header.getUint32(0);
  const little = magic === MAGIC_LITTLE;
  const start = sumOf(header, 0, 24, { a: 0, b: 0 }, little);
  const stored = storedSum(header, 24);
  if ((!little && magic !== MAGIC_BIG) || !equal(start, stored)) return 'no-header';

  const pageBytes = header.getUint32(8);
  const pages = new Set<number>();
  let uncommitted: number[] = [];
  let databasePages = 0;
  let broken: number | null = null;
  let before: Frame = { page: 0, commitPages: 0, sum: stored, checks: true };
  const bytes = new DataView(new ArrayBuffer(FRAME_HEADER + pageBytes));
  for (let number = 0; ; number += 1) {
    const from = HEADER + number * bytes.byteLength;
    if (read(new Uint8Array(bytes.buffer), from) < bytes.byteLength) break;
    const frame = frameOf(bytes, header, before.sum, little);
    if (broken === null && !frame.checks) broken = number;
    if (broken === null) {
      uncommitted.push(frame.page);
      if (frame.commitPages > 0) {
        for (const page of uncommitted) pages.add(page);
        uncommitted = [];
        databasePages = frame.commitPages;
      }
    } else if (frame.checks && before.commitPages > 0) {
      return { pageBytes, databasePages, pages, damagedFrame: broken };
    }
    before = frame;
  }
  return { pageBytes, databasePages, pages, damagedFrame: null };
}

/** The lock byte, at 1 GiB, has a page that is never written. */
const LOCK_BYTE = 0x4000_0000;

/** A page of the database that neither the main file of `mainPages` pages nor the log holds; null when all are there. */
export function firstLostPage(mainPages: number, { pages, databasePages, pageBytes }: WalSummary): number | null {
  const lockPage = LOCK_BYTE / pageBytes + 1;
  for (let page = mainPages + 1; page <= databasePages; page += 1) {
    if (!pages.has(page) && page !== lockPage) return page;
  }
  return null;
}

function frameOf(bytes: DataView, header: DataView, before: Sum, little: boolean): Frame {
  const sum = storedSum(bytes, 16);
  const isOfThisLog = bytes.getUint32(8) === header.getUint32(16) && bytes.getUint32(12) === header.getUint32(20);
  const computed = () => sumOf(bytes, FRAME_HEADER, bytes.byteLength, sumOf(bytes, 0, 8, before, little), little);
  return {
    page: bytes.getUint32(0),
    commitPages: bytes.getUint32(4),
    sum,
    checks: isOfThisLog && equal(computed(), sum),
  };
}

const storedSum = (bytes: DataView, at: number): Sum => ({ a: bytes.getInt32(at), b: bytes.getInt32(at + 4) });

const equal = (one: Sum, other: Sum): boolean => one.a === other.a && one.b === other.b;

function sumOf(bytes: DataView, from: number, to: number, { a, b }: Sum, little: boolean): Sum {
  let [first, second] = [a, b];
  for (let at = from; at < to; at += 8) {
    first = (first + bytes.getInt32(at, little) + second) | 0;
    second = (second + bytes.getInt32(at + 4, little) + first) | 0;
  }
  return { a: first, b: second };
}
