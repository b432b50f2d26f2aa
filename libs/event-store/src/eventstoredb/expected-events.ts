import type { RecordedEvent } from '../event-store.js';

/** Events that are to be told. One of both is to be called, and once. */
export interface Expected {
  /** Null when they were not told in time, or the subscription broke meanwhile. */
  within(milliseconds: number): Promise<readonly RecordedEvent[] | null>;
  cancel(): void;
}

/** A run of events of one stream that is waited for. */
class ExpectedRun {
  readonly #first: number;
  readonly #count: number;
  readonly #events: RecordedEvent[] = [];
  #isHopeless = false;
  #settle: () => void = () => undefined;

  constructor(first: number, count: number) {
    this.#first = first;
    this.#count = count;
  }

  told(event: RecordedEvent): void {
    if (this.#isComplete || event.revision !== this.#first + this.#events.length) return;
    this.#events.push(event);
    if (this.#isComplete) this.#settle();
  }

  giveUp(): void {
    if (this.#isComplete) return;
    this.#isHopeless = true;
    this.#settle();
  }

  async within(milliseconds: number): Promise<readonly RecordedEvent[] | null> {
    if (this.#isComplete) return this.#events;
    if (this.#isHopeless) return null;
    return new Promise((resolve) => {
      const late = setTimeout(resolve, milliseconds, null);
      this.#settle = () => {
        clearTimeout(late);
        resolve(this.#isComplete ? this.#events : null);
      };
    });
  }

  get #isComplete(): boolean {
    return this.#events.length === this.#count;
  }
}

/** What writers wait to hear of. */
export class ExpectedEvents {
  readonly #streams = new Map<string, Set<ExpectedRun>>();

  add(stream: string, first: number, count: number): Expected {
    const run = new ExpectedRun(first, count);
    const runs = this.#streams.get(stream) ?? new Set();
    this.#streams.set(stream, runs.add(run));
    const cancel = () => {
      runs.delete(run);
      if (runs.size === 0 && this.#streams.get(stream) === runs) this.#streams.delete(stream);
    };
    return { within: (milliseconds) => run.within(milliseconds).finally(cancel), cancel };
  }

  told(event: RecordedEvent): void {
    for (const run of this.#streams.get(event.stream) ?? []) run.told(event);
  }

  /** The subscription broke: what is told later comes too late. */
  giveUp(): void {
    for (const runs of this.#streams.values()) for (const run of runs) run.giveUp();
  }
}
