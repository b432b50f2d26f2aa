import type { StoredEvent } from './projection.js';

/** Between the starts of two batches: bounds the commits to 40 a second; whoever comes after a pause waits for nothing. */
const GATHER_MS = 25;
const MAX_BATCH = 1_000;
/** Who brings more than this waits. */
const MAX_WAITING = 4_000;

/** Gathers the events of a projection: what comes while a batch is committed makes the next one. */
export class EventBatches {
  #waiting: StoredEvent[] = [];
  #takenAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  #wakeReader: (() => void) | null = null;
  #wakeWriter: (() => void) | null = null;

  /** Resolves when there is room for more. One writer. */
  async push(events: readonly StoredEvent[]): Promise<void> {
    for (const event of events) this.#waiting.push(event);
    this.#wakeReader?.();
    while (this.#waiting.length > MAX_WAITING && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
  }

  /** The next events, at least one; null at the end. One reader. */
  async next(): Promise<readonly StoredEvent[] | null> {
    while (!this.#closed && !this.#ready()) await this.#change();
    if (this.#closed) return null;
    this.#takenAt = performance.now();
    const batch = this.#waiting.splice(0, MAX_BATCH);
    this.#wakeWriter?.();
    return batch;
  }

  /** What has not been taken is dropped. */
  close(): void {
    this.#closed = true;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }

  #ready(): boolean {
    if (this.#waiting.length >= MAX_BATCH) return true;
    return this.#waiting.length > 0 && this.#pause() <= 0;
  }

  #pause(): number {
    return this.#takenAt + GATHER_MS - performance.now();
  }

  /** Until events come or, when some are there, until they have waited long enough. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#waiting.length > 0 ? setTimeout(() => this.#wakeReader?.(), this.#pause()) : undefined;
      this.#wakeReader = () => {
        clearTimeout(timer);
        this.#wakeReader = null;
        resolve();
      };
    });
  }
}
