import type { RecordedEvent } from '../event-store.js';
import type { Upcast } from '../upcast.js';
import { outage } from './outage.js';
import type { EventRow } from './rows.js';

/** Throws StoreUnavailable, caused by StoreUnusable, for events that this program cannot understand. */
export function decode(rowsText: string, upcastData: Upcast): RecordedEvent[] {
  return parse(rowsText).map((row) => decodeRow(row, upcastData));
}

function parse(rowsText: string): EventRow[] {
  try {
    return JSON.parse(`[${rowsText}]`) as EventRow[];
  } catch {
    const first = /\d+/.exec(rowsText)?.[0];
    throw outage({ message: `an event shortly behind position ${first} is damaged: it is not JSON`, lasting: true });
  }
}

function decodeRow(row: EventRow, upcastData: Upcast): RecordedEvent {
  const [position, stream, revision, id, type, version, data, metadata, recordedAt] = row;
  try {
    return {
      id,
      stream,
      revision,
      position: String(position),
      type,
      data: upcastData(type, version, data).data,
      metadata,
      recordedAt,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `event ${revision} of ${stream}, at position ${position}, cannot be read: ${reason}`;
    throw outage({ message, lasting: true });
  }
}
