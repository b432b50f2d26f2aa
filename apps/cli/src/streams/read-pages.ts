import type { EventReader } from '#event-store/event-store.js';
import type { StoredEvent } from './fold.js';

/** Events in memory at a time, whatever the stream's length. */
const PAGE = 500;

/** The events of a stream from one revision on, page by page, up to and including `last`. */
export async function* readPages(
  reader: EventReader,
  stream: string,
  from: number,
  last = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<readonly StoredEvent[]> {
  for (let next = from; next <= last; ) {
    const page = await reader.readStream(stream, next, Math.min(PAGE, last - next + 1));
    if (page.length > 0) yield page as readonly StoredEvent[];
    if (page.length < Math.min(PAGE, last - next + 1)) return;
    next += page.length;
  }
}
