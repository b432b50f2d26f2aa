import type { Clock } from '#platform/clock.js';
import type { Subscriber } from './subscriber.js';

/** How long the event loop may be held at a time: bids and other requests come in between. Milliseconds. */
const SLICE_MS = 1;
/**
 * What is written so soon after the last round goes out with what comes in meanwhile, in one write for each client: on a hot lot the
 * bids would else wait for a round of writes behind every commit. The first message after a quiet moment leaves at once. Milliseconds.
 */
export const ROUND_MS = 20;
/** Asking for the time costs as much as a small write. */
const ASK_EVERY = 8;

/** Writes to the subscribers that have something waiting, each in its turn, a little in each turn of the event loop. */
export class FanOut {
  private queue: Subscriber[] = [];
  private next = 0;
  private scheduled = false;
  private roundAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly roundMs = ROUND_MS,
  ) {}

  /** Subscribers that wait for their turn. */
  get backlog(): number {
    return this.queue.length - this.next;
  }

  wake(subscriber: Subscriber): void {
    if (subscriber.queued) return;
    subscriber.queued = true;
    this.queue.push(subscriber);
    if (this.scheduled) return;
    this.scheduled = true;
    const pause = this.roundAt + this.roundMs - performance.now();
    if (pause > 0) setTimeout(this.begin, pause);
    else setImmediate(this.begin);
  }

  private readonly begin = (): void => {
    this.roundAt = performance.now();
    this.run();
  };

  private readonly run = (): void => {
    const until = performance.now() + SLICE_MS;
    const nowMs = this.clock.now();
    for (let written = 1; this.next < this.queue.length; written += 1) {
      const subscriber = this.queue[this.next] as Subscriber;
      this.next += 1;
      subscriber.queued = false;
      subscriber.flush(nowMs);
      if (written % ASK_EVERY === 0 && performance.now() >= until) break;
    }
    if (this.next === this.queue.length) {
      this.queue = [];
      this.next = 0;
      this.scheduled = false;
      return;
    }
    // Those who are woken again and again must not make it grow for ever.
    if (this.next > 10_000) {
      this.queue = this.queue.slice(this.next);
      this.next = 0;
    }
    setImmediate(this.run);
  };
}
