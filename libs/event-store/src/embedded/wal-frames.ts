/** What stands in a write-ahead log, as https://sqlite.org/fileformat2.html#walformat lays it out. */

/** Fills `into` with the bytes at `from`; answers how many there were. */
export type ReadBytes = (into: Uint8Array, from: number) => number;

/** SQLite's running checksum: two words. */
interface Sum {
  readonly a: number;
  readonly b: number;
}

export interface WalHeader {
  readonly pageBytes: number;
  /** Byte order of the words that are summed. */
  readonly little: boolean;
  /** Drawn anew whenever the log starts over; frames with another one are leftovers. */
  readonly salts: Sum;
  readonly sum: Sum;
}

export interface WalFrame {
  readonly page: number;
  /** Size of the database in pages when the frame ends a commit, otherwise 0. */
  readonly commitPages: number;
  /** The frame belongs to this log, and its checksum goes on from the one that stands in the frame before. */
  readonly checks: boolean;
}

export const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit of the magic number tells the byte order. */
const MAGIC_LITTLE = 0x377f_0682;
const MAGIC_BIG = 0x377f_0683;

/** Undefined when the header does not check. */
export function readWalHeader(read: ReadBytes): WalHeader | undefined {
  const bytes = new DataView(new ArrayBuffer(WAL_HEADER_BYTES));
  read(new Uint8Array(bytes.buffer), 0);
  const little = bytes.getUint32(0) === MAGIC_LITTLE;
  if (!little && bytes.getUint32(0) !== MAGIC_BIG) return undefined;
  const sum = wordsAt(bytes, 24);
  if (!equal(sum, sumOf(bytes, 0, 24, { a: 0, b: 0 }, little))) return undefined;
  return { pageBytes: bytes.getUint32(8), little, salts: wordsAt(bytes, 16), sum };
}

/** All whole frames, also those behind one that does not check. */
export function* readWalFrames(read: ReadBytes, header: WalHeader): Generator<WalFrame> {
  const { pageBytes, little, salts } = header;
  const bytes = new DataView(new ArrayBuffer(FRAME_HEADER_BYTES + pageBytes));
  const end = bytes.byteLength;
  let before = header.sum;
  for (let from = WAL_HEADER_BYTES; read(new Uint8Array(bytes.buffer), from) === end; from += end) {
    const sum = wordsAt(bytes, 16);
    const computed = sumOf(bytes, FRAME_HEADER_BYTES, end, sumOf(bytes, 0, 8, before, little), little);
    const checks = equal(wordsAt(bytes, 8), salts) && equal(sum, computed);
    yield { page: bytes.getUint32(0), commitPages: bytes.getUint32(4), checks };
    before = sum;
  }
}

const wordsAt = (bytes: DataView, at: number): Sum => ({ a: bytes.getInt32(at), b: bytes.getInt32(at + 4) });

const equal = (one: Sum, other: Sum): boolean => one.a === other.a && one.b === other.b;

function sumOf(bytes: DataView, from: number, to: number, { a, b }: Sum, little: boolean): Sum {
  let [first, second] = [a, b];
  for (let at = from; at < to; at += 8) {
    first = (first + bytes.getInt32(at, little) + second) | 0;
    second = (second + bytes.getInt32(at + 4, little) + first) | 0;
  }
  return { a: first, b: second };
}
