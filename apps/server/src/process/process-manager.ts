import { setTimeout as sleep } from 'node:timers/promises';
import type { EventType } from '#contracts/events/catalogue.js';
import { comparePositions, type EventStore, type Position, StoreUnavailable } from '#event-store/event-store.js';
import type { StoredEvent } from '#read-models/projection.js';
import type { Carrier } from './carrier.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { inParallel } from './in-parallel.js';

const RETRY_CAP_MS = 5_000;
/**
 * Where several processes follow one store, each lets the one that took the request carry its decision first, milliseconds: else
 * all of them would write the same lots at the same moment.
 */
export const GRACE_MS = 300;
/** A decision that failed so often does not wait for another process: something is wrong. */
const STUCK_ATTEMPTS = 4;

const HANDLED = [
  'VehicleClaimed',
  'LotAdded',
  'AuctionStarted',
  'AuctionEnding',
  'AuctionCancelled',
  'BiddingExtended',
  'LotSold',
  'LotPassed',
  'LotWithdrawn',
] as const satisfies readonly EventType[];

/** Carried by the request itself, before it is answered. */
const CARRIED_BY_REQUEST: ReadonlySet<string> = new Set<EventType>([
  'VehicleClaimed',
  'LotAdded',
  'AuctionStarted',
  'AuctionEnding',
  'AuctionCancelled',
]);

export interface ProcessLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Completes what spans streams: follows every stream in commit order and carries each decision to the streams that it concerns.
 * Killed at any step, it goes on behind its checkpoint; whatever it does twice changes nothing.
 */
export class ProcessManager {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private handled: Position | null = null;
  private stopped: string | null = null;
  /** Why a decision cannot be carried on, which is tried again and again; null while all can be. */
  stuck: string | null = null;

  constructor(
    private readonly store: EventStore,
    private readonly carrier: Carrier,
    private readonly checkpoint: CheckpointFile,
    private readonly log: ProcessLog,
    private readonly graceMs = 0,
  ) {}

  /** Position of the last decision that was carried on. */
  get position(): Position | null {
    return this.handled;
  }

  /** Why it has ended; null while it runs. */
  get failure(): string | null {
    return this.stopped;
  }

  async start(): Promise<void> {
    this.handled = await this.checkpoint.read();
    this.running = this.run(this.handled).catch((err: unknown) => {
      this.stopped = `the process manager stopped: ${err instanceof Error ? err.message : String(err)}`;
      this.log.error({ err }, 'the process manager stopped');
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(kept: Position | null): Promise<void> {
    const { signal } = this.stopping;
    const after = await this.inTheStore(kept);
    for await (const batch of this.store.follow({ after, signal, types: HANDLED })) {
      const isBeingCarried = this.graceMs > 0 && batch.some(({ type }) => CARRIED_BY_REQUEST.has(type));
      if (isBeingCarried) await pause(this.graceMs, signal);
      const steps = this.stepsOf(batch as readonly StoredEvent[]);
      await this.untilDone(() => inParallel(steps, (step) => step()));
      if (signal.aborted) return;
      this.handled = batch.at(-1)?.position ?? this.handled;
      // Without the checkpoint more is repeated after a restart, and nothing is lost.
      await this.checkpoint
        .write(this.handled)
        .catch((err: unknown) => this.log.warn({ err }, 'checkpoint not written'));
    }
  }

  /** Null for a checkpoint behind the end of the store, which was set back: repeating all costs time, going on loses decisions. */
  private async inTheStore(kept: Position | null): Promise<Position | null> {
    for (let attempt = 0; kept !== null && !this.stopping.signal.aborted; attempt += 1) {
      try {
        const head = await this.store.head();
        if (head !== null && comparePositions(kept, head) <= 0) return kept;
        this.log.warn({ kept, head }, 'the checkpoint is not in the store: every decision is carried on once more');
        this.handled = null;
        return null;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        // It tells so itself.
        await pause(delayOf(attempt), this.stopping.signal);
      }
    }
    return kept;
  }

  /** A decision that cannot be carried on now is tried until it can be. */
  private async untilDone(work: () => Promise<void>): Promise<void> {
    for (let attempt = 0; !this.stopping.signal.aborted; attempt += 1) {
      try {
        await work();
        this.stuck = null;
        return;
      } catch (err) {
        // A store that is away is told by itself, and takes bids into the spool.
        if (attempt >= STUCK_ATTEMPTS && !(err instanceof StoreUnavailable)) {
          this.stuck = `a decision cannot be carried on: ${err instanceof Error ? err.message : String(err)}`;
        }
        const delayMs = delayOf(attempt);
        this.log.error({ err, attempt, delayMs }, 'a decision could not be carried on, trying again');
        await pause(delayMs, this.stopping.signal);
      }
    }
  }

  /** Lots that were added to one auction are one step: a large auction would be read again for each of its lots. */
  private stepsOf(batch: readonly StoredEvent[]): (() => Promise<void>)[] {
    const added = new Map<string, string[]>();
    const steps: (() => Promise<void>)[] = [];
    for (const event of batch) {
      if (event.type === 'LotAdded') {
        const { auctionId, lotId } = event.data;
        const lotIds = added.get(auctionId) ?? [];
        lotIds.push(lotId);
        added.set(auctionId, lotIds);
      } else steps.push(() => this.react(event));
    }
    for (const [auctionId, lotIds] of added) steps.push(() => this.carrier.carryAddedLots(auctionId, lotIds));
    return steps;
  }

  private async react(event: StoredEvent): Promise<void> {
    switch (event.type) {
      case 'VehicleClaimed':
        await this.carrier.completeClaim(event.data, event.metadata);
        return;
      case 'AuctionStarted':
      case 'AuctionEnding':
      case 'AuctionCancelled':
        return this.carrier.carryAuction(event.data.auctionId);
      case 'BiddingExtended':
        return event.data.cause === 'bid' ? this.carrier.extendGroup(event) : undefined;
      case 'LotSold':
      case 'LotPassed':
      case 'LotWithdrawn':
        return this.carrier.settle(event.data.lotId);
      default:
        // Every other event concerns its own stream alone.
        return undefined;
    }
  }
}

const delayOf = (attempt: number): number => Math.min(RETRY_CAP_MS, 50 * 2 ** attempt);

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined);
