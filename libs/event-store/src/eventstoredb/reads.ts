import type { ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { StoreUnavailable } from '../event-store.js';

type Read = StreamingRead<ResolvedEvent>;

/**
 * The events of one read, until `take` has enough. The client bounds no read in time, and a read that is left without
 * `cancel` holds its call for ever: a hundred of those, and the connection takes no more. So both are done here.
 */
export async function eventsOf(
  open: () => Read,
  patienceMs: number,
  enough: (event: ResolvedEvent) => boolean = () => false,
): Promise<ResolvedEvent[]> {
  const read = open();
  const silent = setTimeout(() => {
    read.destroy(new StoreUnavailable(`the event store has sent nothing for ${patienceMs} ms`, false));
  }, patienceMs);
  const events: ResolvedEvent[] = [];
  try {
    for await (const event of read) {
      silent.refresh();
      events.push(event);
      if (enough(event)) break;
    }
    return events;
  } catch (error) {
    if ((error as { type?: string }).type === 'stream-not-found') return [];
    throw error;
  } finally {
    clearTimeout(silent);
    // A call that was never opened cannot be cancelled either; its error was thrown above.
    read.cancel().catch(() => undefined);
    read.on('error', () => undefined);
  }
}
