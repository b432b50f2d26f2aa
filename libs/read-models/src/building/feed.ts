import { comparePositions, type EventReader, type Position, StoreUnavailable } from '#event-store/event-store.js';
import { backOff } from '../backoff.js';
import type { StoredEvent } from '../projection.js';
import { TimeSlice } from '../time-slice.js';
import type { BuildTarget } from './build-target.js';

/** More would live until the garbage collector has copied them. */
const PAGE_EVENTS = 500;
/** Of one page, before the build gives up: about seven seconds without the store. */
const ATTEMPTS = 7;

export interface Feeding {
  readonly target: BuildTarget<object>;
  /** The last position that the target gets. */
  readonly until: Position;
}

export interface FeedOptions {
  /** The last position that the targets hold; null: none. */
  readonly after: Position | null;
  readonly signal: AbortSignal;
  onPage(events: number, position: Position): void;
}

/**
 * Reads the store once and hands every page to all the targets; the next page is read meanwhile. Rejects with what the store
 * or a target fails of, or because of `signal`.
 */
export async function feed(reader: EventReader, feedings: readonly Feeding[], options: FeedOptions): Promise<void> {
  const { signal, onPage } = options;
  const slice = new TimeSlice();
  let next: Promise<readonly StoredEvent[]> | null = page(reader, options.after, signal);
  while (next !== null) {
    const events: readonly StoredEvent[] = await next;
    const last = events.at(-1)?.position;
    if (last === undefined) return;
    const wanted = feedings.some(({ until }) => comparePositions(last, until) < 0);
    next = wanted ? page(reader, last, signal) : null;
    // Awaited below; should a target fail first, nobody else does.
    next?.catch(() => {});
    const types = new Set<string>();
    for (const { type } of events) types.add(type);
    for (const { target, until } of feedings) await target.apply(upTo(events, until), types, slice);
    onPage(events.length, last);
  }
}

function upTo(events: readonly StoredEvent[], until: Position): readonly StoredEvent[] {
  const { position } = events.at(-1) as StoredEvent;
  if (comparePositions(position, until) <= 0) return events;
  return events.filter((event) => comparePositions(event.position, until) <= 0);
}

async function page(reader: EventReader, after: Position | null, signal: AbortSignal): Promise<readonly StoredEvent[]> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return (await reader.readAll(after, PAGE_EVENTS)) as readonly StoredEvent[];
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || attempt === ATTEMPTS) throw error;
      await backOff(attempt, signal);
    }
  }
}
