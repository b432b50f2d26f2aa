import { LRUCache } from 'lru-cache';

/** Who has not written a stream for so long is not waited for, milliseconds. */
const FORGET_MS = 2_000;
const MAX_STREAMS = 10_000;
/** However slow the store is: a bid that waits for other writers is not to go to the spool because of it. Milliseconds. */
const LONGEST_TURN_MS = 100;
/** How much the newest append counts in the mean of what appends take. */
const WEIGHT = 0.2;

/**
 * In which order processes write a stream that several of them write: whoever has waited longest is next. All are told the same events in
 * the same order, each with the process that wrote it, so all know whose turn it is without a word between them.
 */
export class Turns {
  /** The writers of a stream with the time of their last events, in the order of these. */
  readonly #streams = new LRUCache<string, Map<string, number>>({ max: MAX_STREAMS, ttl: FORGET_MS });
  readonly #own: string;
  readonly #now: () => number;
  #appendMs = 10;

  /** `own`: how this process is named in what it writes. */
  constructor(own: string, now: () => number = () => performance.now()) {
    this.#own = own;
    this.#now = now;
  }

  /** The last event of an append to a stream was told. A stream that nobody else writes leaves nothing behind. */
  told(stream: string, writer: string): void {
    const writers = this.#streams.get(stream);
    if (writers === undefined) {
      if (writer !== this.#own) this.#streams.set(stream, new Map([[writer, this.#now()]]));
      return;
    }
    writers.delete(writer);
    writers.set(writer, this.#now());
    this.#streams.set(stream, writers);
  }

  /** An append of this process took so long, milliseconds. */
  took(ms: number): void {
    this.#appendMs += (ms - this.#appendMs) * WEIGHT;
  }

  /** For how long this process is to wait for those who have waited longer, milliseconds; 0: it is its turn. */
  waitMs(stream: string): number {
    const writers = this.#streams.get(stream);
    if (writers === undefined) return 0;
    const now = this.#now();
    let [ahead, newestAt, isAhead] = [0, 0, true];
    for (const [writer, at] of writers) {
      newestAt = at;
      if (writer === this.#own) isAhead = false;
      else if (now - at > FORGET_MS) writers.delete(writer);
      else if (isAhead) ahead += 1;
    }
    // Whoever comes new to a stream is behind nobody.
    if (isAhead) return 0;
    // Another has to hear of an append before it can write behind it: its turn takes longer than its append.
    return Math.max(0, newestAt + ahead * Math.min(2 * this.#appendMs, LONGEST_TURN_MS) - now);
  }

  /** Those who were waited for have not come: until they write again they are not waited for. */
  passOver(stream: string): void {
    const writers = this.#streams.get(stream);
    for (const writer of writers?.keys() ?? []) {
      if (writer === this.#own) return;
      writers?.delete(writer);
    }
  }
}
