import { LRUCache } from 'lru-cache';
import type { Bell } from '../bell.js';
import { comparePositions, type Position, type RecordedEvent, type StoreUnusable } from '../event-store.js';
import { type MemoryLimits, toDrop } from '../memory-limits.js';

/** An event as the subscription told it; one that this program cannot understand stops only who wants it. */
export type LiveEvent = {
  readonly position: Position;
  readonly type: string;
  /** Length of its JSON text. */
  readonly characters: number;
  /** The process whose append ends with it. */
  readonly writer?: string | undefined;
} & ({ readonly event: RecordedEvent } | { readonly fault: StoreUnusable });

/**
 * Followers are woken so far apart at least: what is told one by one is handled together, in one commit of each read model. The first event
 * after a quiet moment wakes them at once. Milliseconds.
 */
const ROUND_MS = 10;

/** Enough for the writers of a thousand lots to find what others wrote since their own last turn. */
const LIMITS: MemoryLimits = { events: 20_000, characters: 32 * 1_048_576 };
/** Streams of which it is known how far they were told. */
const STREAMS = 20_000;

/** What one subscription told last: every follower that keeps up is served from here, so each event is received and decoded once. */
export class LiveEvents {
  /** Rung for new events, and when the subscription has begun. */
  readonly bells = new Set<Bell>();
  readonly #limits: MemoryLimits;
  #events: LiveEvent[] = [];
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #newest = new LRUCache<string, number>({ max: STREAMS });
  #characters = 0;
  #rungAt = Number.NEGATIVE_INFINITY;
  #ringing: NodeJS.Timeout | undefined;
  /** Every event behind this position is here; undefined before the begin. */
  #behind: Position | null | undefined;

  constructor(limits: MemoryLimits = LIMITS) {
    this.#limits = limits;
  }

  /** The subscription tells everything behind `after`. */
  begin(after: Position | null): void {
    this.#behind = after;
    this.#ring();
  }

  /** Up to here everything was told; undefined before the begin. */
  get reached(): Position | null | undefined {
    return this.#events.at(-1)?.position ?? this.#behind;
  }

  add(events: readonly LiveEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#characters += event.characters;
      if (!('event' in event)) continue;
      this.#index(event.event);
      this.#newest.set(event.event.stream, event.event.revision);
    }
    if (this.#events.length > this.#limits.events || this.#characters > this.#limits.characters) this.#trim();
    if (this.#ringing !== undefined) return;
    const pause = this.#rungAt + ROUND_MS - performance.now();
    if (pause > 0) this.#ringing = setTimeout(() => this.#ring(), pause).unref();
    else this.#ring();
  }

  /** At most `limit` events behind `position`, in order; undefined when older ones would be missing. */
  behind(position: Position | null, limit: number): readonly LiveEvent[] | undefined {
    if (this.#behind === undefined || isBefore(position, this.#behind)) return undefined;
    const from = this.#firstBehind(position);
    return this.#events.slice(from, from + limit);
  }

  /** Those of one stream from a revision on; none when the first of them is not here. */
  ofStream(stream: string, fromRevision: number): readonly RecordedEvent[] {
    const events = this.#streams.get(stream) ?? [];
    const from = fromRevision - (events[0]?.revision ?? 0);
    return from < 0 ? [] : events.slice(from);
  }

  /** The newest revision of a stream that was told, also when it is not here any more; -1 when that is not known. */
  toldTo(stream: string): number {
    return this.#newest.get(stream) ?? -1;
  }

  #index(event: RecordedEvent): void {
    const events = this.#streams.get(event.stream);
    // One that could not be read is missing: what stands before it is of no use any more.
    if (events?.at(-1)?.revision === event.revision - 1) events.push(event);
    else this.#streams.set(event.stream, [event]);
  }

  #firstBehind(position: Position | null): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(position, (this.#events[middle] as LiveEvent).position)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #trim(): void {
    const sizes = this.#events.map(({ characters }) => characters);
    const { count, left } = toDrop(sizes, this.#characters, this.#limits);
    this.#behind = this.#events[count - 1]?.position ?? this.#behind;
    this.#events = this.#events.slice(count);
    this.#characters = left;
    this.#streams.clear();
    for (const each of this.#events) if ('event' in each) this.#index(each.event);
  }

  #ring(): void {
    this.#rungAt = performance.now();
    this.#ringing = undefined;
    for (const bell of this.bells) bell.ring();
  }
}

const isBefore = (a: Position | null, b: Position | null): boolean =>
  b !== null && (a === null || comparePositions(a, b) < 0);
