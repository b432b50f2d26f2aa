import type { EpochMs } from '#contracts/time.js';
import { nextPoll } from '#platform/next-poll.js';
import type { CommitReport } from '../commit-report.js';
import { type AppendResult, type EventToAppend, type ExpectedRevision, StoreUnavailable } from '../event-store.js';
import type { Upcast } from '../upcast.js';
import { type CommitGroup, NO_STREAM, type Outcome, packGroup } from './commit-group.js';
import { decode } from './decode.js';
import type { RecentEvents } from './recent-events.js';
import type { Thread } from './thread.js';
import { WaitingAppend } from './waiting-append.js';

/** Of one group, so that what arrives behind it does not wait long. An append that is larger goes alone. */
const GROUP_EVENTS = 4_000;
const GROUP_CHARACTERS = 4 * 1_048_576;

/** Of all that waits; the characters are those of the JSON texts. */
export interface QueueLimits {
  readonly events: number;
  readonly characters: number;
}

const QUEUE_LIMITS: QueueLimits = { events: 100_000, characters: 64 * 1_048_576 };

export interface CommitQueueOptions {
  readonly writer: Thread<number, CommitGroup, Outcome[]>;
  readonly recent: RecentEvents;
  readonly upcast: Upcast;
  readonly now: () => EpochMs;
  readonly onCommit?: ((report: CommitReport) => void) | undefined;
  readonly limits?: QueueLimits | undefined;
}

/** Group commit: while one transaction is in flight, appends queue; then all that wait share the next one. */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  readonly #limits: QueueLimits;
  #waiting: WaitingAppend[] = [];
  #events = 0;
  #characters = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#limits = options.limits ?? QUEUE_LIMITS;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    const append = new WaitingAppend(stream, expected, events, this.#options.upcast);
    if (this.#closed) throw new StoreUnavailable('the event store is closed', false);
    this.#events += events.length;
    this.#characters += append.characters;
    if (this.#events > this.#limits.events || this.#characters > this.#limits.characters) {
      this.#forget(append);
      throw new StoreUnavailable('the event store is overloaded: too many appends wait to be committed', false);
    }
    this.#waiting.push(append);
    this.#running ??= this.#run();
    return append.answer;
  }

  /** Takes no more appends; resolves when those handed over before are answered. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever was answered by the last commit, or arrived with the same read of a socket, gets into this group.
      await nextPoll();
      await this.#commit(this.#take());
    }
    this.#running = undefined;
  }

  #take(): WaitingAppend[] {
    let count = 0;
    let events = 0;
    let characters = 0;
    for (const append of this.#waiting) {
      events += append.events.length;
      characters += append.characters;
      if (count > 0 && (events > GROUP_EVENTS || characters > GROUP_CHARACTERS)) break;
      count += 1;
      this.#forget(append);
    }
    return this.#waiting.splice(0, count);
  }

  #forget(append: WaitingAppend): void {
    this.#events -= append.events.length;
    this.#characters -= append.characters;
  }

  async #commit(appends: WaitingAppend[]): Promise<void> {
    const { writer, now } = this.#options;
    const startedAt = performance.now();
    let recordedAt: EpochMs;
    let outcomes: Outcome[];
    try {
      recordedAt = now();
      outcomes = await writer.request(packGroup(appends, recordedAt));
    } catch (error) {
      for (const append of appends) append.reject(error);
      return;
    }
    const milliseconds = performance.now() - startedAt;
    for (const [i, append] of appends.entries()) this.#answer(append, outcomes[i] as Outcome, recordedAt);
    this.#report(
      appends.filter((_, i) => typeof outcomes[i] === 'number'),
      milliseconds,
    );
  }

  #answer(append: WaitingAppend, outcome: Outcome, recordedAt: EpochMs): void {
    if (typeof outcome === 'number') {
      const events = append.recorded(outcome, recordedAt);
      this.#options.recent.add(outcome, events, append.sizes);
      append.resolve({ outcome: 'appended', events });
    } else if ('conflict' in outcome) {
      append.resolve({ outcome: 'conflict', actual: outcome.conflict === NO_STREAM ? 'no-stream' : outcome.conflict });
    } else {
      this.#answerRepeat(append, outcome.repeat);
    }
  }

  #answerRepeat(append: WaitingAppend, rowsText: string): void {
    try {
      append.resolve({ outcome: 'appended', events: decode(rowsText, this.#options.upcast) });
    } catch (error) {
      append.reject(error);
    }
  }

  #report(committed: readonly WaitingAppend[], milliseconds: number): void {
    if (committed.length === 0) return;
    const events = committed.reduce((sum, append) => sum + append.events.length, 0);
    const bytes = committed.reduce((sum, append) => sum + append.characters, 0);
    // In a turn of its own: an error in it is the process's to handle, and must not stop the queue.
    queueMicrotask(() => this.#options.onCommit?.({ appends: committed.length, events, bytes, milliseconds }));
  }
}
