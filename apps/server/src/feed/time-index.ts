import { appendFile, readFile, writeFile } from 'node:fs/promises';
import type { EpochMs } from '#contracts/time.js';
import { comparePositions, type Position } from '#event-store/event-store.js';

/** A mark each so many public events: finding a time reads at most as many. */
const EVENTS_A_MARK = 1_000;
const LINE = /^(0|[1-9]\d{0,19}) (\d{1,16})$/;

interface Mark {
  readonly position: Position;
  /** The newest time of all events up to the position: rises, also where a clock was set back. */
  readonly newest: EpochMs;
}

export interface Timed {
  readonly position: Position;
  readonly recordedAt: EpochMs;
}

/**
 * Where a time is in the commit order, roughly: a short line for every thousandth public event, in a file that is only ever appended
 * to. What is lost of it is made again from the events.
 */
export class TimeIndex {
  private newest: EpochMs = 0;
  private sinceMark = 0;
  private writing: Promise<void> = Promise.resolve();
  /** A line may be torn: another one behind it would make a wrong mark of both. The next start goes on. */
  private torn = false;

  private constructor(
    private readonly file: string,
    private readonly marks: Mark[],
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.newest = marks.at(-1)?.newest ?? 0;
  }

  /** `head`: of the store; marks behind it are of another store and are dropped. Null: the store is empty; undefined: it is away. */
  static async open(
    file: string,
    head: Position | null | undefined,
    onFailure: (error: unknown) => void,
  ): Promise<TimeIndex> {
    const text = await readFile(file, 'utf8').catch(() => '');
    const marks = readMarks(text);
    const last = marks.at(-1)?.position;
    const isForeign = head === null || (head !== undefined && last !== undefined && comparePositions(last, head) > 0);
    if (isForeign) marks.length = 0;
    const whole = marks.map(lineOf).join('');
    const index = new TimeIndex(file, marks, onFailure);
    if (whole !== text) await index.write(() => writeFile(file, whole, { mode: 0o600 }));
    return index;
  }

  /** Events behind this position are still to be added; null: all. */
  get until(): Position | null {
    return this.marks.at(-1)?.position ?? null;
  }

  /** To be called with every public event behind `until`, in commit order. */
  add(events: readonly Timed[]): void {
    for (const { position, recordedAt } of events) {
      this.newest = Math.max(this.newest, recordedAt);
      this.sinceMark += 1;
      if (this.sinceMark >= EVENTS_A_MARK) this.mark({ position, newest: this.newest });
    }
  }

  /** A position up to which every event is older than `time`, as near to it as is known; null: the beginning. */
  before(time: EpochMs): Position | null {
    let low = 0;
    let high = this.marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.marks[middle]?.newest ?? time) < time) low = middle + 1;
      else high = middle;
    }
    return this.marks[low - 1]?.position ?? null;
  }

  /** Ends after what is being written. */
  close(): Promise<void> {
    return this.writing;
  }

  private mark(mark: Mark): void {
    this.sinceMark = 0;
    this.marks.push(mark);
    this.writing = this.writing.then(() => this.write(() => appendFile(this.file, lineOf(mark), { mode: 0o600 })));
  }

  private async write(lines: () => Promise<void>): Promise<void> {
    if (this.torn) return;
    try {
      await lines();
    } catch (error) {
      this.torn = true;
      this.onFailure(error);
    }
  }
}

const lineOf = ({ position, newest }: Mark): string => `${position} ${newest}\n`;

/** Up to the first line that is torn, or does not rise. */
function readMarks(text: string): Mark[] {
  const marks: Mark[] = [];
  // What stands behind the last line end was not written whole.
  for (const line of text.split('\n').slice(0, -1)) {
    const [, position, newest] = LINE.exec(line) ?? [];
    const last = marks.at(-1);
    if (position === undefined || newest === undefined) break;
    if (last !== undefined && (comparePositions(position, last.position) <= 0 || Number(newest) < last.newest)) break;
    marks.push({ position, newest: Number(newest) });
  }
  return marks;
}
