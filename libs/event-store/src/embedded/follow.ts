import { Bell } from '../bell.js';
import type { FollowOptions, RecordedEvent } from '../event-store.js';
import type { Upcast } from '../upcast.js';
import { CatchUp } from './catch-up.js';
import type { Pages } from './pages.js';
import { numberOf } from './positions.js';
import type { RecentEvents } from './recent-events.js';

const BATCH_EVENTS = 1_000;

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
  const { pages, recent, upcast } = source;
  const { signal, types } = options;
  const stored = new CatchUp(pages, upcast, types);
  const wanted = types && new Set(types);
  const bell = new Bell();
  let cursor = numberOf(options.after);

  recent.bells.add(bell);
  signal.addEventListener('abort', bell.ring);
  try {
    while (!signal.aborted && !recent.closed) {
      const live = recent.behind(cursor, BATCH_EVENTS);
      if (live?.length === 0) {
        await bell.wait();
        continue;
      }
      const { events, until } = live ? { events: live, until: cursor + live.length } : await stored.next(cursor);
      cursor = until;
      const batch = live && wanted ? events.filter(({ type }) => wanted.has(type)) : events;
      if (batch.length > 0 && !signal.aborted) yield batch;
    }
  } finally {
    recent.bells.delete(bell);
    signal.removeEventListener('abort', bell.ring);
  }
}
