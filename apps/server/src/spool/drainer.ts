import { setTimeout as sleep } from 'node:timers/promises';
import type { LotState } from '#auction/lot/lot.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { comparePositions, type Position, StoreUnavailable } from '#event-store/event-store.js';
import { Contention, type Outcome, Overloaded } from '#event-store/stream-writer/command-context.js';
import { inParallel } from '../process/in-parallel.js';
import type { ProcessLog } from '../process/process-manager.js';
import type { LotWriter } from '../writers.js';
import type { BidSpool } from './bid-spool.js';
import { placeBidOf, type SpooledBid } from './spooled-bid.js';

/** Bids of one lot that are carried out as one batch. */
const CHUNK = 256;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** How long a recorded bid is still told from the spool at most, until the queries show it, milliseconds. */
const SHOWN_MS = 5_000;

export interface DrainerParts {
  readonly spool: BidSpool;
  readonly lots: LotWriter;
  readonly log: ProcessLog;
  /** Resolves when the queries show what is stored up to there, or after so many milliseconds. */
  readonly shown: (position: Position, withinMs: number) => Promise<unknown>;
  readonly onDrained: (became: 'stored' | 'late' | 'refused', event?: LotEvent) => void;
}

/**
 * Carries out the bids of the spool once the store answers: those of a lot in the order in which they were accepted. While the store
 * is away it tries one lot at a time, so that a store that comes back is not met by all of them.
 */
export class Drainer {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  /** Why the store is taken to be away; null: it answers. */
  private outage: string | null = null;
  /** Lots that something else than the store keeps from being drained. */
  private readonly stuck = new Set<string>();
  private readonly waiters = new Set<() => void>();
  private turn = 0;

  constructor(private readonly parts: DrainerParts) {
    parts.spool.onPut = () => this.wake();
  }

  start(): void {
    this.running = this.run();
  }

  /** Ends after the attempts under way; what still waits, waits for the next start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    this.tellWaiters();
    await this.running;
  }

  /** A bid could not be confirmed: others need not wait for it as long. */
  storeIsAway(failure: StoreUnavailable): void {
    this.outage ??= failure.message;
    this.tellWaiters();
  }

  /** True for a lot whose bids are about to be carried out, so that it is not closed in front of them. */
  holds(lotId: string): boolean {
    return this.parts.spool.waitingFor(lotId).length > 0 && !this.stuck.has(lotId);
  }

  /** True once no bid of the lot waits; false at once while the store is away, and after `withinMs` milliseconds. */
  drained(lotId: string, withinMs: number): Promise<boolean> {
    const done = () => this.parts.spool.waitingFor(lotId).length === 0;
    const hopeless = () => this.outage !== null || this.stopping.signal.aborted;
    if (done() || hopeless()) return Promise.resolve(done());
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.waiters.delete(check);
        resolve(done());
      };
      const check = () => {
        if (done() || hopeless()) settle();
      };
      const timer = setTimeout(settle, withinMs);
      this.waiters.add(check);
    });
  }

  private tellWaiters(): void {
    for (const check of [...this.waiters]) check();
  }

  private async run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.stopping.signal.aborted) {
      const lots = this.parts.spool.lots();
      if (lots.length === 0) {
        this.outage = null;
        await this.nextBid();
        continue;
      }
      if (await this.round(lots)) {
        pauseMs = FIRST_PAUSE_MS;
        continue;
      }
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: this.stopping.signal }).catch(() => {});
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  }

  private nextBid(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (this.stopping.signal.aborted) resolve();
    });
  }

  /** One chunk of each lot, or of one lot while the store is away. True when something was carried out. */
  private async round(lots: readonly string[]): Promise<boolean> {
    this.turn += 1;
    const due = this.outage === null ? lots : [lots[this.turn % lots.length] as string];
    let progress = false;
    await inParallel(due, async (lotId) => {
      if (await this.drainChunk(lotId)) progress = true;
    });
    return progress;
  }

  private async drainChunk(lotId: string): Promise<boolean> {
    const { spool, lots } = this.parts;
    const bids = spool.waitingFor(lotId).slice(0, CHUNK);
    const attempts = lots.attemptAll(lotId, bids.map(commandOf));
    const outcomes = await Promise.allSettled(attempts.map(({ outcome }) => outcome));
    const recorded = new Map<string, Position>();
    let progress = false;
    for (const [i, outcome] of outcomes.entries()) {
      const bid = bids[i] as SpooledBid;
      if (outcome.status === 'rejected') {
        this.failed(bid, outcome.reason);
        continue;
      }
      progress = true;
      this.outage = null;
      this.stuck.delete(lotId);
      const position = await this.settle(bid, outcome.value);
      if (position !== null) recorded.set(bid.bidId, position);
    }
    spool.recorded(lotId, new Set(recorded.keys()));
    this.tellWaiters();
    void this.forgetOnceShown(recorded);
    return progress;
  }

  /** The position of the bid's event; null when it was refused. */
  private async settle(bid: SpooledBid, outcome: Outcome<LotState, LotEvent>): Promise<Position | null> {
    const { spool, log, onDrained } = this.parts;
    if (outcome.kind === 'accepted') {
      const [event] = outcome.events;
      onDrained(event?.type === 'BidArrivedLate' ? 'late' : 'stored', event);
      return outcome.position;
    }
    const reason = reasonOf(outcome);
    log.error({ bidId: bid.bidId, lotId: bid.lotId, reason }, 'an acknowledged bid could not be recorded');
    onDrained('refused');
    await spool.refuse(bid, reason).catch((err: unknown) => log.error({ err }, 'a refusal was not kept in the spool'));
    return null;
  }

  private failed({ bidId, lotId }: SpooledBid, reason: unknown): void {
    if (reason instanceof StoreUnavailable) {
      this.storeIsAway(reason);
      return;
    }
    // Too much at once passes by itself: the lot goes on waiting for its bids.
    if (reason instanceof Contention || reason instanceof Overloaded) return;
    this.stuck.add(lotId);
    this.parts.log.error({ err: reason, bidId, lotId }, 'a spooled bid could not be carried out, trying again');
  }

  /** Until the queries show the bids, the spool tells of them. Removing them late costs a repeat that changes nothing. */
  private async forgetOnceShown(recorded: ReadonlyMap<string, Position>): Promise<void> {
    if (recorded.size === 0) return;
    const { spool, log, shown } = this.parts;
    const last = [...recorded.values()].sort(comparePositions).at(-1) as Position;
    await shown(last, SHOWN_MS);
    await spool.forget([...recorded.keys()]).catch((err: unknown) => log.warn({ err }, 'spool not emptied'));
  }
}

/** The identical command. */
const commandOf = (bid: SpooledBid) => {
  const { bidId, bidderId: _, amount: __, acceptedAt: ___, lotId: ____, auctionId: _____, ...context } = bid;
  return { command: placeBidOf(bid), context: { commandId: bidId, ...context } };
};

function reasonOf(outcome: Exclude<Outcome<LotState, LotEvent>, { kind: 'accepted' }>): string {
  if (outcome.kind === 'refused') return outcome.refusal.code;
  return outcome.kind === 'key-reused' ? 'idempotency-key-reused' : outcome.kind;
}
