import { EventEmitter, once } from 'node:events';
import type { RecordedEvent } from '#event-store/event-store.js';

/** Events read ahead while a transaction is under way: enough for the next ones, and bounded. */
const READ_AHEAD = 4_000;

/** The events that wait, read ahead of whoever takes them. */
export class Backlog {
  private readonly bell = new EventEmitter();
  private readonly stopping = new AbortController();
  private waiting: RecordedEvent[] = [];
  private taken = 0;
  private ended = false;
  private failure: unknown = null;
  private readonly reading: Promise<void>;

  /** `follow` is asked for events until its signal is aborted. */
  constructor(follow: (signal: AbortSignal) => AsyncIterable<readonly RecordedEvent[]>, outer: AbortSignal) {
    const signal = AbortSignal.any([outer, this.stopping.signal]);
    this.reading = this.read(follow(signal), signal);
  }

  get length(): number {
    return this.waiting.length - this.taken;
  }

  /** Waits for an event; false when there will be none any more. Throws what reading threw. */
  async ready(): Promise<boolean> {
    while (this.length === 0 && !this.ended) await once(this.bell, 'more');
    if (this.length === 0 && this.failure !== null) throw this.failure;
    return this.length > 0;
  }

  /** The next event, or undefined when none waits. */
  peek(): RecordedEvent | undefined {
    return this.waiting[this.taken];
  }

  /** Takes the next event out. */
  take(): void {
    this.taken += 1;
    if (this.taken < this.waiting.length) return;
    this.waiting = [];
    this.taken = 0;
    this.bell.emit('less');
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.bell.emit('less');
    await this.reading;
  }

  private async read(events: AsyncIterable<readonly RecordedEvent[]>, signal: AbortSignal): Promise<void> {
    try {
      for await (const batch of events) {
        this.waiting.push(...batch);
        this.bell.emit('more');
        while (this.length > READ_AHEAD && !signal.aborted) await once(this.bell, 'less');
        if (signal.aborted) break;
      }
    } catch (error) {
      this.failure = error;
    }
    this.ended = true;
    this.bell.emit('more');
  }
}
