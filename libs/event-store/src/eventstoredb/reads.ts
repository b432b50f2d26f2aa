import type { ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { StoreUnavailable } from '../event-store.js';

type Read = StreamingRead<ResolvedEvent>;

/**
 * The events of one read, to its end. The client bounds no read in time, and a read that is left without `cancel` holds its call
 * for ever: a hundred of those, and the connection takes no more. So both are done here. A read that has come to its end is not
 * cancelled: servers close a connection on which too many calls are reset.
 */
export async function eventsOf(open: () => Read, patienceMs: number): Promise<ResolvedEvent[]> {
  const read = open();
  const silent = setTimeout(() => {
    read.destroy(new StoreUnavailable(`the event store has sent nothing for ${patienceMs} ms`, false));
  }, patienceMs);
  const events: ResolvedEvent[] = [];
  try {
    for await (const event of read) {
      silent.refresh();
      events.push(event);
    }
    return events;
  } catch (error) {
    // The server has ended this one.
    if ((error as { type?: string }).type === 'stream-not-found') return [];
    // A call that was never opened cannot be cancelled either; its error is thrown.
    read.cancel().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(silent);
    read.on('error', () => undefined);
  }
}
