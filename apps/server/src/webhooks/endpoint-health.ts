import type { EpochMs } from '#contracts/time.js';
import type { LaneRecord } from './delivery-record.js';
import type { Attempt } from './sender.js';

/** An endpoint that fails so often in a row is tried one at a time, until it answers. */
const FAILURES_IN_A_ROW = 3;
/** With something to deliver and no success for so long, a subscription is disabled. */
const GIVE_UP_MS = 5 * 24 * 3_600_000;
const GONE = 410;

type Kept = Pick<LaneRecord, 'failingSince' | 'pausedUntil'>;

export interface GivenUp {
  readonly reason: 'failing' | 'gone';
  readonly detail: string;
}

/** How an endpoint has answered of late, and what follows from it. */
export class EndpointHealth {
  private failures = 0;
  private failingSince: EpochMs | null;
  private pausedUntil: EpochMs | null;

  constructor(kept: Kept | null) {
    this.failingSince = kept?.failingSince ?? null;
    this.pausedUntil = kept?.pausedUntil ?? null;
  }

  get kept(): Kept {
    return { failingSince: this.failingSince, pausedUntil: this.pausedUntil };
  }

  get isFailing(): boolean {
    return this.failures >= FAILURES_IN_A_ROW;
  }

  /** The endpoint asked to be left alone. */
  isPaused(now: EpochMs): boolean {
    return now < (this.pausedUntil ?? 0);
  }

  /** Counts an attempt. Answers why nothing more is to be delivered; null: it goes on. */
  note(attempt: Attempt, at: EpochMs): GivenUp | null {
    if (attempt.delivered) {
      this.failures = 0;
      this.failingSince = null;
      return null;
    }
    this.failures += 1;
    this.failingSince ??= at;
    if (attempt.retryAfterMs !== null) this.pausedUntil = Math.max(this.pausedUntil ?? 0, at + attempt.retryAfterMs);
    if (attempt.status === GONE) return { reason: 'gone', detail: 'The endpoint answered 410' };
    if (at - this.failingSince < GIVE_UP_MS) return null;
    const since = new Date(this.failingSince).toISOString();
    return { reason: 'failing', detail: `No delivery has succeeded since ${since}: ${attempt.error}` };
  }

  /** Nothing is left to be delivered: the time until there is something again says nothing of the endpoint. */
  idle(): void {
    this.failingSince = null;
  }
}
