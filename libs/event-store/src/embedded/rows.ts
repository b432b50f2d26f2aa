import type { EpochMs } from '#contracts/time.js';

/** One stored event, as SQLite answers it and as it crosses threads. `data` and `metadata` are JSON texts. */
export type EventRow = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  version: number,
  data: string,
  metadata: string,
  recordedAt: EpochMs,
];

/** The columns of EventRow, in its order, of `events e`; `stream` is what stands for the stream's name. */
export const eventColumns = (stream: string): string =>
  `e.position, ${stream}, e.revision, e.id, e.type, e.version, e.data, e.metadata, e.recorded_at`;

/** A bounded piece of an answer. */
export interface Page {
  readonly rows: EventRow[];
  /** Nothing more was stored when the page was read. */
  readonly end: boolean;
}

export interface ScannedPage extends Page {
  /** Every matching event up to this position is in this page or an earlier one. */
  readonly scannedTo: number;
}
