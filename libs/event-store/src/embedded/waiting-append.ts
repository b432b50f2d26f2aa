import type { EpochMs } from '#contracts/time.js';
import type { AppendResult, EventToAppend, ExpectedRevision, RecordedEvent } from '../event-store.js';
import type { Upcast } from '../upcast.js';
import { type GroupAppend, type NewEvent, NO_STREAM } from './commit-group.js';

/** An append that was handed over and is not answered yet, with all that its commit needs. */
export class WaitingAppend implements GroupAppend {
  readonly answer: Promise<AppendResult>;
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly EventToAppend[];
  readonly rows: NewEvent[] = [];
  /** Per event: the length of its JSON texts; `characters` is their sum. */
  readonly sizes: number[] = [];
  readonly characters: number;
  resolve!: (result: AppendResult) => void;
  reject!: (error: unknown) => void;
  /** The events' data in the newest version, as a reader will see it. */
  readonly #newest: object[] = [];

  /**
   * Throws TypeError for what no store takes, and the catalogue's error for a type or version that no reader would understand:
   * before anything is written.
   */
  constructor(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[], upcast: Upcast) {
    if (events.length === 0) throw new TypeError(`an append to ${stream} needs at least one event`);
    if (expected !== 'no-stream' && !(Number.isInteger(expected) && expected >= 0)) {
      throw new TypeError(`${expected} is not a revision`);
    }
    this.stream = stream;
    this.expected = expected === 'no-stream' ? NO_STREAM : expected;
    this.events = events;
    let characters = 0;
    for (const { id, type, version, data, metadata } of events) {
      this.#newest.push(upcast(type, version, data).data);
      const dataText = JSON.stringify(data);
      const metadataText = JSON.stringify(metadata);
      this.rows.push([id, type, version, dataText, metadataText]);
      this.sizes.push(dataText.length + metadataText.length);
      characters += dataText.length + metadataText.length;
    }
    this.characters = characters;
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** The events as they were committed, the first one at `position`. */
  recorded(position: number, recordedAt: EpochMs): RecordedEvent[] {
    return this.events.map(({ id, type, metadata }, i) => ({
      id,
      stream: this.stream,
      revision: this.expected + 1 + i,
      position: String(position + i),
      type,
      data: this.#newest[i] as object,
      metadata,
      recordedAt,
    }));
  }
}
