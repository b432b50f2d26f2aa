import type { Clock } from '#platform/clock.js';
import type { Subscriber } from './subscriber.js';

/** How long the event loop may be held at a time: bids and other requests come in between. Milliseconds. */
const SLICE_MS = 1;
/**
 * What is written so soon after the last round goes out with what comes in meanwhile, in one write for each client: on a hot lot the
 * bids would else wait for a round of writes behind every commit. The first message after a quiet moment leaves at once. Milliseconds.
 */
export const ROUND_MS = 20;
/**
 * Bids come before those who watch them: while the event loop is busy, others have it so many times as long as a round of writes did.
 * When more comes in meanwhile than may wait for a client (a hot lot with many watchers), the newest state stands for it.
 */
const OTHERS_SHARE = 8;
/** An event loop that works for less of the time has room for another round. */
const BUSY = 0.5;
/** However many clients there are: nobody waits longer for the next round. Milliseconds. */
const LONGEST_PAUSE_MS = 500;
/** Asking for the time costs as much as a small write. */
const ASK_EVERY = 8;

/** Writes to the subscribers that have something waiting, each once a round, a little in each turn of the event loop. */
export class FanOut {
  private round: readonly Subscriber[] = [];
  private next = 0;
  /** Those of the next round. */
  private woken: Subscriber[] = [];
  private scheduled = false;
  /** The next round begins not before the one, and behind the other even if the event loop is busy. */
  private earliestAt = Number.NEGATIVE_INFINITY;
  private latestAt = Number.NEGATIVE_INFINITY;
  private workedMs = 0;
  private sinceRound = performance.eventLoopUtilization();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly roundMs = ROUND_MS,
  ) {}

  /** Subscribers that wait for their turn. */
  get backlog(): number {
    return this.round.length - this.next + this.woken.length;
  }

  wake(subscriber: Subscriber): void {
    if (subscriber.queued) return;
    subscriber.queued = true;
    this.woken.push(subscriber);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const pause = this.earliestAt - performance.now();
    if (pause > 0) setTimeout(this.begin, pause);
    else setImmediate(this.begin);
  }

  private readonly begin = (): void => {
    const now = performance.now();
    if (now < this.latestAt && performance.eventLoopUtilization(this.sinceRound).utilization >= BUSY) {
      setTimeout(this.begin, Math.min(this.roundMs, this.latestAt - now));
      return;
    }
    this.round = this.woken;
    this.woken = [];
    this.workedMs = 0;
    this.earliestAt = now + this.roundMs;
    this.write();
  };

  private readonly write = (): void => {
    const startedAt = performance.now();
    const nowMs = this.clock.now();
    for (let written = 1; this.next < this.round.length; written += 1) {
      const subscriber = this.round[this.next] as Subscriber;
      this.next += 1;
      subscriber.queued = false;
      subscriber.flush(nowMs);
      if (written % ASK_EVERY === 0 && performance.now() >= startedAt + SLICE_MS) break;
    }
    const now = performance.now();
    this.workedMs += now - startedAt;
    if (this.next < this.round.length) {
      setImmediate(this.write);
      return;
    }
    this.round = [];
    this.next = 0;
    this.latestAt = now + Math.min(this.workedMs * OTHERS_SHARE, LONGEST_PAUSE_MS);
    this.sinceRound = performance.eventLoopUtilization();
    this.scheduled = false;
    if (this.woken.length > 0) this.schedule();
  };
}
