import type { EventToAppend, ExpectedRevision } from '../event-store.js';
import { asRecorded, type Known } from './samples.js';

/** An append as it was made, so that it can be made again. */
export interface MadeAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventToAppend[];
}

export type ModelOutcome =
  | { readonly outcome: 'appended'; readonly events: readonly Known[] }
  | { readonly outcome: 'conflict'; readonly actual: ExpectedRevision };

/** The port in the fewest words: one list of events. */
export class StoreModel {
  readonly streams: readonly string[];
  readonly log: Known[] = [];
  readonly made: MadeAppend[] = [];

  constructor(streams: readonly string[]) {
    this.streams = streams;
  }

  of(stream: string): Known[] {
    return this.log.filter((event) => event.stream === stream);
  }

  end(stream: string): ExpectedRevision {
    return this.of(stream).at(-1)?.revision ?? 'no-stream';
  }

  append(append: MadeAppend): ModelOutcome {
    const { stream, expected, events } = append;
    this.made.push(append);
    const first = expected === 'no-stream' ? 0 : expected + 1;
    const actual = this.end(stream);
    if (expected === actual) {
      const recorded = asRecorded(stream, first, events);
      this.log.push(...recorded);
      return { outcome: 'appended', events: recorded };
    }
    const there = this.of(stream).slice(first, first + events.length);
    const isRepeat = there.length === events.length && there.every(({ id }, slot) => id === events[slot]?.id);
    return isRepeat ? { outcome: 'appended', events: there } : { outcome: 'conflict', actual };
  }
}
