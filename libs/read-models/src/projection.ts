import type { EventType, GavelEvent } from '#contracts/events/catalogue.js';
import type { EpochMs } from '#contracts/time.js';
import type { RecordedEvent } from '#event-store/event-store.js';

type DataOf<T extends EventType> = Extract<GavelEvent, { type: T }>['data'];

/** An event as the store hands it out, told apart by `type`. */
export type StoredEvent<T extends EventType = EventType> = T extends EventType
  ? RecordedEvent<DataOf<T>> & { readonly type: T }
  : never;

/** Takes the row before the event (null: there is none) to the row after it; null deletes. Pure; never changes `row`. */
export type EventHandler<Row extends object, T extends EventType> = {
  // A method's parameters are compared both ways: so a Projection<LotRow> counts as a Projection<object> in a list.
  handle(row: Row | null, event: StoredEvent<T>): Row | null;
}['handle'];

/**
 * A read model as a pure description: rows by key, folded from the events in commit order. A change to what the rows say
 * raises `version`: then the rows are built anew from the store at the next start.
 */
export interface Projection<Row extends object> {
  /** Part of the file's name: letters only. */
  readonly name: string;
  readonly version: number;
  /** The row that the event changes, null when it changes none. Called only for the types that are handled. */
  keyOf(event: StoredEvent): string | null;
  /** Every type of the catalogue is named: the compiler refuses a forgotten one. */
  readonly on: { readonly [T in EventType]: 'ignored' | EventHandler<Row, T> };
  /** When something must happen to the row: an indexed column. */
  dueAt?(row: Row): EpochMs | null;
  /** Rows change so often that they are written every few seconds and not with each change. A crash costs folding those again. */
  readonly changesOften?: true;
  /** Each handled event makes a row of its own: no earlier row is ever looked up. */
  readonly appendOnly?: true;
  /** Up to two further keys under which the row of the event is found; only where `appendOnly` is set. */
  alsoUnder?(event: StoredEvent): readonly [string?, string?];
}
