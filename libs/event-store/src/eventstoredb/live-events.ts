import type { Bell } from '../bell.js';
import { comparePositions, type Position, type RecordedEvent, type StoreUnusable } from '../event-store.js';

/** An event as the subscription told it; one that this program cannot understand stops only who wants it. */
export type LiveEvent = {
  readonly position: Position;
  readonly type: string;
  /** Length of its JSON text. */
  readonly characters: number;
} & ({ readonly event: RecordedEvent } | { readonly fault: StoreUnusable });

export interface LiveLimits {
  readonly events: number;
  readonly characters: number;
}

const LIMITS: LiveLimits = { events: 4_000, characters: 32 * 1_048_576 };

/** What one subscription told last: every follower that keeps up is served from here, so each event is received and decoded once. */
export class LiveEvents {
  /** Rung for new events, and when the subscription has begun. */
  readonly bells = new Set<Bell>();
  readonly #limits: LiveLimits;
  #events: LiveEvent[] = [];
  #characters = 0;
  /** Every event behind this position is here; undefined before the begin. */
  #behind: Position | null | undefined;

  constructor(limits: LiveLimits = LIMITS) {
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
    }
    if (this.#events.length > this.#limits.events || this.#characters > this.#limits.characters) this.#trim();
    this.#ring();
  }

  /** At most `limit` events behind `position`, in order; undefined when older ones would be missing. */
  behind(position: Position | null, limit: number): readonly LiveEvent[] | undefined {
    if (this.#behind === undefined || isBefore(position, this.#behind)) return undefined;
    const from = this.#firstBehind(position);
    return this.#events.slice(from, from + limit);
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

  /** Down to half the limits, so that the copying is paid for by many events. */
  #trim(): void {
    let drop = Math.max(0, this.#events.length - this.#limits.events / 2);
    let kept = this.#characters;
    for (const [at, { characters }] of this.#events.entries()) {
      if (at >= drop && kept <= this.#limits.characters / 2) break;
      kept -= characters;
      drop = Math.max(drop, at + 1);
    }
    this.#behind = this.#events[drop - 1]?.position ?? this.#behind;
    this.#events = this.#events.slice(drop);
    this.#characters = kept;
  }

  #ring(): void {
    for (const bell of this.bells) bell.ring();
  }
}

const isBefore = (a: Position | null, b: Position | null): boolean =>
  b !== null && (a === null || comparePositions(a, b) < 0);
