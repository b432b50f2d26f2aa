import type { Bell } from '../bell.js';
import type { RecordedEvent } from '../event-store.js';
import { type MemoryLimits, toDrop } from '../memory-limits.js';

/** Some tenths of a second at full speed: what lives longer is moved through the heap before it dies. */
const LIMITS: MemoryLimits = { events: 5_000, characters: 32 * 1_048_576 };

/**
 * The events that this process committed last, as it has them in memory: a follower that keeps up costs no read and no
 * parsing. Positions have no gaps here, so a position is an index.
 */
export class RecentEvents {
  /** Rung for new events, and at the end. */
  readonly bells = new Set<Bell>();
  readonly #limits: MemoryLimits;
  #events: RecordedEvent[] = [];
  #sizes: number[] = [];
  #characters = 0;
  /** Every event behind this position is here. */
  #behind = 0;
  #closed = false;

  constructor(limits: MemoryLimits = LIMITS) {
    this.#limits = limits;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** No more events will come. */
  close(): void {
    this.#closed = true;
    this.ring();
  }

  /** Forgets all: the store has events up to `head` that this process may not have seen the commit of. */
  restart(head: number): void {
    this.#events = [];
    this.#sizes = [];
    this.#characters = 0;
    this.#behind = head;
    this.ring();
  }

  /** Adds events that were committed, `first` being the position of the first one; `sizes` in characters. Rings no bell yet. */
  add(first: number, events: readonly RecordedEvent[], sizes: readonly number[]): void {
    if (first !== this.#behind + this.#events.length + 1) this.restart(first - 1);
    for (const event of events) this.#events.push(event);
    for (const size of sizes) {
      this.#sizes.push(size);
      this.#characters += size;
    }
    if (this.#events.length > this.#limits.events || this.#characters > this.#limits.characters) this.#trim();
  }

  /** At most `limit` events behind `position`, in order; undefined when older ones would be missing. */
  behind(position: number, limit: number): readonly RecordedEvent[] | undefined {
    if (position < this.#behind) return undefined;
    const from = position - this.#behind;
    return this.#events.slice(from, from + limit);
  }

  /** Tells followers of what was added. */
  ring(): void {
    for (const bell of this.bells) bell.ring();
  }

  #trim(): void {
    const { count, left } = toDrop(this.#sizes, this.#characters, this.#limits);
    this.#events = this.#events.slice(count);
    this.#sizes = this.#sizes.slice(count);
    this.#characters = left;
    this.#behind += count;
  }
}
