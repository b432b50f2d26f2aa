import { setTimeout as pause } from 'node:timers/promises';
import type { FollowOptions, RecordedEvent } from '../event-store.js';
import { Bell } from './bell.js';
import { decode, type Upcast } from './decode.js';
import { lastingFault } from './outage.js';
import type { Pages } from './pages.js';
import { numberOf } from './positions.js';
import type { RecentEvents } from './recent-events.js';

const BATCH_EVENTS = 1_000;
/** Between two attempts to read while the files do not answer. */
const RETRY_MS = 250;

export interface FollowSource {
  readonly pages: Pages;
  readonly recent: RecentEvents;
  readonly upcast: Upcast;
}

/**
 * Every event behind `after`, in commit order. Who keeps up is served from memory; who is behind reads pages, until the cursor
 * is back in what is remembered. There is one cursor for both, so the hand-over has neither gap nor duplicate.
 * Throws StoreUnusable when the files are damaged: that no waiting heals.
 */
export async function* follow(source: FollowSource, options: FollowOptions): AsyncGenerator<readonly RecordedEvent[]> {
  const { recent } = source;
  const { signal, types } = options;
  const wanted = types && new Set(types);
  const bell = new Bell();
  let cursor = numberOf(options.after);

  recent.bells.add(bell);
  signal.addEventListener('abort', bell.ring);
  try {
    while (!signal.aborted && !recent.closed) {
      const live = recent.behind(cursor, BATCH_EVENTS);
      let batch: readonly RecordedEvent[];
      if (live === undefined) {
        const page = await read(source, cursor, options);
        if (page === undefined) continue;
        batch = page.events;
        cursor = page.scannedTo;
      } else {
        if (live.length === 0) await bell.wait();
        batch = wanted ? live.filter((event) => wanted.has(event.type)) : live;
        cursor += live.length;
      }
      if (batch.length > 0 && !signal.aborted) yield batch;
    }
  } finally {
    recent.bells.delete(bell);
    signal.removeEventListener('abort', bell.ring);
  }
}

/** Undefined after an outage: look again whether it is still wanted. */
async function read(
  { pages, recent, upcast }: FollowSource,
  cursor: number,
  { types }: FollowOptions,
): Promise<{ events: RecordedEvent[]; scannedTo: number } | undefined> {
  try {
    const { rows, scannedTo } = await pages.ofAll(cursor, BATCH_EVENTS, types);
    return { events: rows.map((row) => decode(row, upcast)), scannedTo };
  } catch (error) {
    const fault = lastingFault(error);
    if (fault !== undefined) throw fault;
    if (!recent.closed) await pause(RETRY_MS, undefined, { ref: false });
    return undefined;
  }
}
