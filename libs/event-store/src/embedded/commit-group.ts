import type { EpochMs } from '#contracts/time.js';

const NUMBERS_AN_APPEND = 2;
const NUMBERS_AN_EVENT = 5;

/** The revision of a stream that does not exist: the next event gets 0. */
export const NO_STREAM = -1;

/** An event on its way into the tables; `data` and `metadata` are JSON texts. */
export type NewEvent = [id: string, type: string, version: number, data: string, metadata: string];

/** One append of a group. `expected` is NO_STREAM for a new stream. */
export interface GroupAppend {
  readonly stream: string;
  readonly expected: number;
  readonly rows: readonly NewEvent[];
}

/**
 * The appends of one transaction, packed for the way to the writer thread: the events' texts in one, and small integers. The
 * clone of thousands of small strings would cost the main thread more than the rest of an append.
 */
export interface CommitGroup {
  readonly recordedAt: EpochMs;
  /** Names stay apart: the writer remembers them, and a slice would hold on to the whole text. */
  readonly streams: string[];
  readonly text: string;
  /** Per append: expected revision and number of events; then per event: version and the lengths of its texts. */
  readonly numbers: Int32Array;
}

/** What became of one append: the position of its first event, or why it was not written. */
export type Outcome =
  | number
  | { readonly conflict: number }
  /** The same ids stand there already: the events as they were first recorded, as RowsText. */
  | { readonly repeat: string };

export function packGroup(appends: readonly GroupAppend[], recordedAt: EpochMs): CommitGroup {
  const events = appends.reduce((sum, { rows }) => sum + rows.length, 0);
  const numbers = new Int32Array(NUMBERS_AN_APPEND * appends.length + NUMBERS_AN_EVENT * events);
  let text = '';
  let at = 0;
  for (const { expected, rows } of appends) {
    numbers[at++] = expected;
    numbers[at++] = rows.length;
    for (const [id, type, version, data, metadata] of rows) {
      text += id + type + data + metadata;
      numbers[at++] = version;
      numbers[at++] = id.length;
      numbers[at++] = type.length;
      numbers[at++] = data.length;
      numbers[at++] = metadata.length;
    }
  }
  return { recordedAt, streams: appends.map(({ stream }) => stream), text, numbers };
}

export function unpackGroup({ streams, text, numbers }: CommitGroup): GroupAppend[] {
  let [read, taken] = [0, 0];
  const number = (): number => numbers[read++] as number;
  const take = (length: number): string => {
    taken += length;
    return text.slice(taken - length, taken);
  };

  return streams.map((stream) => {
    const expected = number();
    const rows: NewEvent[] = [];
    for (let left = number(); left > 0; left -= 1) {
      const version = number();
      rows.push([take(number()), take(number()), version, take(number()), take(number())]);
    }
    return { stream, expected, rows };
  });
}
