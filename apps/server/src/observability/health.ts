import { AppendTooLarge, type EventStore } from '#event-store/event-store.js';
import { Contention } from '#event-store/stream-writer/command-context.js';
import type { Clock } from '#platform/clock.js';
import type { BidSpool } from '../spool/bid-spool.js';

/** For how long a failed write makes the process unready, milliseconds. */
const WRITE_FAILURE_MS = 10_000;

/** By part, why it does not work; null: it does. */
type Failures = Readonly<Record<string, string | null>>;

export interface HealthParts {
  readonly store: EventStore;
  readonly spool: BidSpool;
  readonly clock: Clock;
  /** Parts, beside the store and the spool, without which the process is of no use. */
  readonly needed: () => Failures;
  /** Parts without which requests are answered all the same: what they are for waits until they are back. */
  readonly hints: () => Failures;
}

export interface Readiness {
  /** `degraded`: bids are taken, into the spool, and queries answered; commands of other kinds wait for the store. */
  readonly status: 'ok' | 'degraded' | 'unavailable';
  /** `ok` or one sentence, by part. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Whether the process is fit for requests. */
export class Health {
  /** Why the newest write failed; null once one has succeeded since. */
  private writeFailure: { readonly message: string; readonly at: number } | null = null;

  constructor(private readonly parts: HealthParts) {}

  written(): void {
    this.writeFailure = null;
  }

  writeFailed(error: unknown): void {
    // Of these the commands are to blame, not the store.
    if (error instanceof AppendTooLarge || error instanceof Contention) return;
    this.writeFailure = { message: error instanceof Error ? error.message : String(error), at: performance.now() };
  }

  async readiness(): Promise<Readiness> {
    const { spool, clock } = this.parts;
    const store = this.recentWriteFailure() ?? (await this.unreadable());
    const needed = this.parts.needed();
    const trouble = spool.trouble(clock.now());
    const checks = told({ store, ...needed, spool: trouble, ...this.parts.hints() });
    if (Object.values(needed).some((failure) => failure !== null)) return { status: 'unavailable', checks };
    if (store === null) return { status: trouble === null ? 'ok' : 'degraded', checks };
    return { status: spool.takesBids ? 'degraded' : 'unavailable', checks };
  }

  private unreadable(): Promise<string | null> {
    return this.parts.store.head().then(
      () => null,
      (error: Error) => error.message,
    );
  }

  /** An instance that is taken out of service gets no more writes: only trying tells whether they succeed again. */
  private recentWriteFailure(): string | null {
    const { writeFailure } = this;
    return writeFailure !== null && performance.now() - writeFailure.at < WRITE_FAILURE_MS
      ? writeFailure.message
      : null;
  }
}

const told = (failures: Failures): Record<string, string> =>
  Object.fromEntries(Object.entries(failures).map(([part, failure]) => [part, failure ?? 'ok']));
