import { setImmediate as nextTurn } from 'node:timers/promises';

const SLICE_MS = 1;
/** Asking for the time costs as much as handling an event. */
const ASK_EVERY = 32;

/** Keeps a long loop from holding the event loop for more than about a millisecond at a time. */
export class TimeSlice {
  #until = performance.now() + SLICE_MS;
  #calls = 0;

  /** True when it is time to `await rest()`. */
  over(): boolean {
    this.#calls += 1;
    return this.#calls % ASK_EVERY === 0 && performance.now() >= this.#until;
  }

  async rest(): Promise<void> {
    await nextTurn();
    this.#until = performance.now() + SLICE_MS;
  }
}
