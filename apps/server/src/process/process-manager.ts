import { setTimeout as sleep } from 'node:timers/promises';
import { comparePositions, type EventStore, type Position, StoreUnavailable } from '#event-store/event-store.js';
import type { StoredEvent } from '#read-models/projection.js';
import type { Carrier } from './carrier.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { inParallel } from './in-parallel.js';
import { CARRIED_BY_REQUEST, DECISIONS, type Step, stepsOf } from './steps.js';

const RETRY_CAP_MS = 5_000;
/**
 * Where several processes follow one store, each lets the one that took the request carry its decision first, milliseconds: else
 * all of them would write the same lots at the same moment.
 */
export const GRACE_MS = 300;
/** A step that failed so often does not wait for another process: something is wrong. */
const STUCK_ATTEMPTS = 4;
/** Steps that may be aside at once. With more, no decision is the cause: those behind wait. */
const MOST_ASIDE = 100;

export interface ProcessLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A step that failed by itself, tried again beside those that follow it. */
interface Aside {
  readonly step: Step;
  /** Where the checkpoint stays meanwhile. */
  readonly before: Position | null;
  failures: number;
  reason: string;
  ended: Promise<void>;
}

/**
 * Completes what spans streams: follows every stream in commit order and carries each decision to the streams that it concerns.
 * Killed at any step, it goes on behind its checkpoint; whatever it does twice changes nothing. A decision that cannot be carried on
 * is tried until it can be and holds up no other; a store that is away holds up all.
 */
export class ProcessManager {
  private readonly stopping = new AbortController();
  private readonly aside = new Set<Aside>();
  private running: Promise<void> = Promise.resolve();
  private keeping: Promise<void> = Promise.resolve();
  private read: Position | null = null;
  private stopped: string | null = null;

  constructor(
    private readonly store: EventStore,
    private readonly carrier: Carrier,
    private readonly checkpoint: CheckpointFile,
    private readonly log: ProcessLog,
    private readonly graceMs = 0,
  ) {}

  /** Up to here all decisions have been carried on. */
  get position(): Position | null {
    const [oldest] = this.aside;
    return oldest === undefined ? this.read : oldest.before;
  }

  /** Why it has ended; null while it runs. */
  get failure(): string | null {
    return this.stopped;
  }

  /** How many decisions cannot be carried on. */
  get stuckCount(): number {
    return this.stuckOnes().length;
  }

  /** Which decision cannot be carried on, and why; null while all can be. */
  get stuck(): string | null {
    const stuck = this.stuckOnes();
    const [first] = stuck;
    if (first === undefined) return null;
    const others = stuck.length === 1 ? '' : `, nor can ${stuck.length - 1} more`;
    return `a decision of ${first.step.stream} cannot be carried on: ${first.reason}${others}`;
  }

  async start(): Promise<void> {
    this.read = await this.checkpoint.read();
    this.running = this.run(this.read).catch((err: unknown) => {
      this.stopped = `the process manager stopped: ${err instanceof Error ? err.message : String(err)}`;
      this.log.error({ err }, 'the process manager stopped');
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await Promise.all([...this.aside].map(({ ended }) => ended));
  }

  private async run(kept: Position | null): Promise<void> {
    const { signal } = this.stopping;
    const after = await this.inTheStore(kept);
    for await (const batch of this.store.follow({ after, signal, types: DECISIONS })) {
      const isBeingCarried = this.graceMs > 0 && batch.some(({ type }) => CARRIED_BY_REQUEST.has(type));
      if (isBeingCarried) await this.pause(this.graceMs);
      await this.takeAll(stepsOf(batch as readonly StoredEvent[], this.carrier));
      while (this.aside.size > MOST_ASIDE && !signal.aborted) {
        await Promise.race([...this.aside].map(({ ended }) => ended));
      }
      if (signal.aborted) return;
      this.read = batch.at(-1)?.position ?? this.read;
      await this.keepPosition();
    }
  }

  /** Null for a checkpoint behind the end of the store, which was set back: repeating all costs time, going on loses decisions. */
  private async inTheStore(kept: Position | null): Promise<Position | null> {
    for (let attempt = 0; kept !== null && !this.stopping.signal.aborted; attempt += 1) {
      try {
        const head = await this.store.head();
        if (head !== null && comparePositions(kept, head) <= 0) return kept;
        this.log.warn({ kept, head }, 'the checkpoint is not in the store: every decision is carried on once more');
        this.read = null;
        return null;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        // It tells so itself.
        await this.pause(delayOf(attempt));
      }
    }
    return kept;
  }

  /** Ends when each step has been taken or is aside: those that the store was away for are taken when it is back. */
  private async takeAll(steps: readonly Step[]): Promise<void> {
    let left = steps;
    for (let attempt = 0; left.length > 0 && !this.stopping.signal.aborted; attempt += 1) {
      const again: Step[] = [];
      let away: StoreUnavailable | undefined;
      await inParallel(left, async (step) => {
        try {
          await step.take();
        } catch (err) {
          if (err instanceof StoreUnavailable) {
            again.push(step);
            away = err;
          } else this.setAside(step, err);
        }
      });
      left = again;
      if (left.length === 0) return;
      const delayMs = delayOf(attempt);
      this.log.warn({ err: away, decisions: left.length, delayMs }, 'decisions wait for the store');
      await this.pause(delayMs);
    }
  }

  private stuckOnes(): Aside[] {
    return [...this.aside].filter(({ failures }) => failures > STUCK_ATTEMPTS);
  }

  private setAside(step: Step, error: unknown): void {
    const aside: Aside = { step, before: this.read, failures: 0, reason: '', ended: Promise.resolve() };
    this.aside.add(aside);
    this.failed(aside, error);
    aside.ended = this.takeAside(aside);
  }

  private async takeAside(aside: Aside): Promise<void> {
    for (;;) {
      await this.pause(delayOf(aside.failures - 1));
      if (this.stopping.signal.aborted) return;
      try {
        await aside.step.take();
        break;
      } catch (error) {
        this.failed(aside, error);
      }
    }
    this.aside.delete(aside);
    await this.keepPosition();
  }

  private failed(aside: Aside, err: unknown): void {
    // A store that is away says nothing of the step.
    if (!(err instanceof StoreUnavailable)) {
      aside.failures += 1;
      aside.reason = err instanceof Error ? err.message : String(err);
    }
    const { stream } = aside.step;
    const delayMs = delayOf(aside.failures - 1);
    this.log.error({ err, stream, delayMs }, 'a decision could not be carried on, trying again');
  }

  /** One write at a time: two would take each other's file away. */
  private keepPosition(): Promise<void> {
    this.keeping = this.keeping
      .then(() => this.checkpoint.write(this.position))
      // Without the checkpoint more is repeated after a restart, and nothing is lost.
      .catch((err: unknown) => this.log.warn({ err }, 'checkpoint not written'));
    return this.keeping;
  }

  private pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

const delayOf = (attempt: number): number => Math.min(RETRY_CAP_MS, 50 * 2 ** attempt);
