import type { EventData } from '@eventstore/db-client';
import { AppendTooLarge, type EventToAppend, type ExpectedRevision, type RecordedEvent } from '../event-store.js';
import type { Upcast } from '../upcast.js';
import { encode } from './recorded-event.js';

/** The default of servers up to 25.0. One append is one commit, so a larger one cannot be cut here: the stream writer does. */
const MAX_BYTES = 1_048_576;

/** An append, checked and in the form of the wire. */
export class PendingAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventToAppend[];
  readonly data: EventData[];
  /** As the server counts. */
  readonly bytes: number;

  /**
   * Throws TypeError for what no store takes, the catalogue's error for a type or version that no reader would understand, and
   * AppendTooLarge: before anything is written.
   */
  constructor(
    { stream, expected, events }: Pick<PendingAppend, 'stream' | 'expected' | 'events'>,
    writer: string,
    upcast: Upcast,
  ) {
    if (events.length === 0) throw new TypeError(`an append to ${stream} needs at least one event`);
    if (expected !== 'no-stream' && !(Number.isInteger(expected) && expected >= 0)) {
      throw new TypeError(`${expected} is not a revision`);
    }
    for (const { type, version, data } of events) upcast(type, version, data);
    this.stream = stream;
    this.expected = expected;
    this.events = events;
    this.data = events.map((event, i) => encode(event, i === events.length - 1 ? writer : undefined));
    this.bytes = this.data.reduce((sum, event) => sum + sizeOf(event), 0);
    if (this.bytes > MAX_BYTES) throw new AppendTooLarge(stream, this.bytes);
  }

  /** Revision of the first event. */
  get first(): number {
    return this.expected === 'no-stream' ? 0 : this.expected + 1;
  }

  /** Whether these events, read where ours belong, are ours. */
  isRecordedAs(there: readonly RecordedEvent[]): boolean {
    return there.length === this.events.length && there.every(({ id }, slot) => id === this.events[slot]?.id);
  }
}

const sizeOf = ({ data, metadata, type }: EventData): number =>
  Buffer.byteLength(JSON.stringify(data)) + Buffer.byteLength(JSON.stringify(metadata)) + 2 * type.length;
