import { Bell } from '../bell.js';
import { comparePositions, type FollowOptions, type Position, type RecordedEvent } from '../event-store.js';
import { lastingFault } from '../lasting-fault.js';
import type { LiveEvent } from './live-events.js';
import type { LiveTail } from './live-tail.js';
import { outagePause } from './outage-pause.js';

const BATCH_EVENTS = 500;

/** What one read of all streams found. */
export interface ScannedPage {
  readonly events: readonly RecordedEvent[];
  /** Up to here everything was looked at; null: the store ends where the page begins. */
  readonly scannedTo: Position | null;
}

export interface FollowSource {
  readonly tail: LiveTail;
  /** Aborted when the store closes. */
  readonly closing: AbortSignal;
  /** The events of these types in the page behind `after`. Rejects during an outage. */
  page(after: Position | null, types: readonly string[] | undefined): Promise<ScannedPage>;
  /** The store cannot be read, and is tried again. */
  onOutage(error: unknown): void;
}

/**
 * Every event behind `after`, in commit order. Who keeps up takes what the process's one subscription tells; who is behind reads
 * pages. There is one cursor for both, so the hand-over has neither gap nor duplicate. Throws StoreUnusable for events that
 * this program cannot read: that no waiting heals.
 */
export async function* follow(
  { tail, closing, page, onOutage }: FollowSource,
  { after, signal, types }: FollowOptions,
): AsyncGenerator<readonly RecordedEvent[]> {
  const stopping = AbortSignal.any([signal, closing]);
  if (stopping.aborted) return;
  const { events: live, leave } = tail.join();
  const wanted = types && new Set(types);
  const bell = new Bell();
  let cursor = after;
  let attempt = 0;
  live.bells.add(bell);
  stopping.addEventListener('abort', bell.ring);
  try {
    while (!stopping.aborted) {
      // Taken before the page is read: everything up to here is in it, or behind it there is more to read.
      const { reached } = live;
      const told = live.behind(cursor, BATCH_EVENTS);
      if (reached === undefined || told?.length === 0) {
        await bell.wait();
        continue;
      }
      if (told !== undefined) {
        cursor = told.at(-1)?.position ?? cursor;
        const { events, fault } = readable(told, wanted);
        if (events.length > 0 && !stopping.aborted) yield events;
        if (fault !== undefined) throw fault;
        continue;
      }
      try {
        const { events, scannedTo } = await page(cursor, types);
        attempt = 0;
        cursor = scannedTo ?? later(cursor, reached);
        if (events.length > 0 && !stopping.aborted) yield events;
      } catch (error) {
        const fault = lastingFault(error);
        if (fault !== undefined) throw fault;
        if (stopping.aborted) return;
        onOutage(error);
        attempt += 1;
        await outagePause(attempt, stopping);
      }
    }
  } finally {
    live.bells.delete(bell);
    stopping.removeEventListener('abort', bell.ring);
    leave();
  }
}

/** The events that are wanted, up to the first of them that cannot be read, and why it cannot. */
function readable(told: readonly LiveEvent[], wanted: ReadonlySet<string> | undefined) {
  const events: RecordedEvent[] = [];
  for (const each of told) {
    if (wanted !== undefined && !wanted.has(each.type)) continue;
    if ('fault' in each) return { events, fault: each.fault };
    events.push(each.event);
  }
  return { events };
}

const later = (a: Position | null, b: Position | null): Position | null =>
  a === null || (b !== null && comparePositions(a, b) < 0) ? b : a;
