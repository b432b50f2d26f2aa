import type { EventReader, Position } from '#event-store/event-store.js';

const EVERY_MS = 1_000;

/** The end of the store as it was about a second ago: what the read models are measured against. */
export class StoreHead {
  readonly #reader: EventReader;
  readonly #onPoll: () => void;
  readonly #timer: NodeJS.Timeout;
  #position: Position | null = null;
  #polling = false;

  constructor(reader: EventReader, onPoll: () => void) {
    this.#reader = reader;
    this.#onPoll = onPoll;
    this.#timer = setInterval(() => void this.#poll(), EVERY_MS).unref();
    void this.#poll();
  }

  /** Null until it is known, and for an empty store. */
  get position(): Position | null {
    return this.#position;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      this.#position = await this.#reader.head();
    } catch {
      // An outage: the followers tell of it. The last known head stands.
    }
    this.#onPoll();
    this.#polling = false;
  }
}
