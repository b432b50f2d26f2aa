import type { EpochMs } from '#contracts/time.js';
import type { EventMetadata } from '../event-store.js';

/** One stored event, as it crosses from SQLite into JavaScript and between threads: inside a JSON text of many. */
export type EventRow = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  version: number,
  data: unknown,
  metadata: EventMetadata,
  recordedAt: EpochMs,
];

/** EventRows with commas between them; null when there are none. */
export type RowsText = string | null;

/** What `selectRows` answers. */
export type SelectedRows = [text: RowsText, count: number, lastPosition: number | null];

/**
 * A query that answers one SelectedRows. SQLite glues the rows together, because one text of a hundred events costs half of
 * nine hundred values to fetch, to clone to another thread and to parse. `stream` is what stands for the stream's name, `from`
 * the rest of the query behind FROM, ordered and limited.
 */
export const selectRows = (stream: string, from: string): string => `
  SELECT group_concat(row), count(*), max(position) FROM (
    SELECT e.position AS position,
      '[' || e.position || ',' || json_quote(${stream}) || ',' || e.revision || ',' || json_quote(e.id) || ',' ||
      json_quote(e.type) || ',' || e.version || ',' || e.data || ',' || e.metadata || ',' || e.recorded_at || ']' AS row
    FROM ${from})`;

/** Of one page at most: decoding it takes about a millisecond of the event loop. */
export const PAGE_EVENTS = 500;

/** A bounded piece of an answer. */
export interface Page {
  readonly texts: readonly string[];
  /** How many events the texts hold. */
  readonly count: number;
  /** Nothing more was stored when the page was read. */
  readonly end: boolean;
}

export interface ScannedPage extends Page {
  /** Every matching event up to this position is in this page or an earlier one. */
  readonly scannedTo: number;
}
