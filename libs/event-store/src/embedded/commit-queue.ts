import type { EpochMs } from '#contracts/time.js';
import { endOfTick, nextPoll } from '#platform/next-poll.js';
import type { CommitReport } from '../commit-report.js';
import { type AppendResult, type EventToAppend, type ExpectedRevision, StoreUnavailable } from '../event-store.js';
import type { Upcast } from '../upcast.js';
import { WORTH_A_COMMIT } from '../worth-a-commit.js';
import { type CommitGroup, NO_STREAM, type Outcome, packGroup } from './commit-group.js';
import { decode } from './decode.js';
import type { RecentEvents } from './recent-events.js';
import type { Thread } from './thread.js';
import { WaitingAppend } from './waiting-append.js';

/** Of one group, so that what arrives behind it does not wait long. An append that is larger goes alone. */
const GROUP_EVENTS = 4_000;
const GROUP_CHARACTERS = 4 * 1_048_576;
/** While one group is committed, the next is on its way: the writer need not wait until callers are answered and come again. */
const GROUPS_IN_FLIGHT = 2;

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

/** Group commit: while a transaction is in flight, appends queue; then all that wait share the next one. */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  readonly #limits: QueueLimits;
  #waiting: WaitingAppend[] = [];
  #events = 0;
  #characters = 0;
  /** Groups that the writer has not answered yet, and their events. */
  #inFlight = 0;
  #eventsInFlight = 0;
  #isTaking = false;
  #closed: (() => void) | null = null;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#limits = options.limits ?? QUEUE_LIMITS;
  }

  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    try {
      return this.#admit(new WaitingAppend(stream, expected, events, this.#options.upcast));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #admit(append: WaitingAppend): Promise<AppendResult> {
    if (this.#closed !== null) throw new StoreUnavailable('the event store is closed', false);
    this.#events += append.events.length;
    this.#characters += append.characters;
    if (this.#events > this.#limits.events || this.#characters > this.#limits.characters) {
      this.#forget(append);
      throw new StoreUnavailable('the event store is overloaded: too many appends wait to be committed', false);
    }
    this.#waiting.push(append);
    this.#takeSoon();
    return append.answer;
  }

  /** Takes no more appends; resolves when those handed over before are answered. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#closed = resolve;
      if (this.#isIdle) resolve();
    });
  }

  get #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#inFlight === 0;
  }

  #takeSoon(): void {
    const least = this.#inFlight === 0 ? 1 : WORTH_A_COMMIT;
    if (this.#isTaking || this.#inFlight === GROUPS_IN_FLIGHT || this.#events < least) return;
    this.#isTaking = true;
    void this.#gathered().then(() => {
      this.#isTaking = false;
      this.#inFlight += 1;
      void this.#commit(this.#take());
      this.#takeSoon();
    });
  }

  /** Whoever was answered by the last commit, or arrived with the same read of a socket, gets into this group. */
  async #gathered(): Promise<void> {
    if (this.#inFlight > 0) {
      await endOfTick();
      // Callers in two groups that take turns: while these waited for more, the other answer would come, and both would go in step.
      if (this.#events >= this.#eventsInFlight) return;
    }
    await nextPoll();
  }

  #take(): WaitingAppend[] {
    // A crowd that comes all at once is halved: else it would come again all at once, and wait for its one commit together.
    const isCrowd = this.#inFlight === 1 && this.#events >= 2 * WORTH_A_COMMIT;
    const most = isCrowd ? Math.min(this.#events / 2, GROUP_EVENTS) : GROUP_EVENTS;
    let count = 0;
    let events = 0;
    let characters = 0;
    for (const append of this.#waiting) {
      events += append.events.length;
      characters += append.characters;
      if (count > 0 && (events > most || characters > GROUP_CHARACTERS)) break;
      count += 1;
      this.#forget(append);
    }
    return this.#waiting.splice(0, count);
  }

  #forget(append: WaitingAppend): void {
    this.#events -= append.events.length;
    this.#characters -= append.characters;
  }

  /** Never rejects. */
  async #commit(appends: WaitingAppend[]): Promise<void> {
    const events = appends.reduce((sum, append) => sum + append.events.length, 0);
    this.#eventsInFlight += events;
    await this.#write(appends);
    this.#inFlight -= 1;
    this.#eventsInFlight -= events;
    this.#takeSoon();
    if (this.#isIdle) this.#closed?.();
  }

  async #write(appends: WaitingAppend[]): Promise<void> {
    const { writer, recent, now } = this.#options;
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
    recent.ring();
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
