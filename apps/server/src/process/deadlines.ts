import { derivedId } from '#event-store/event-id.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import type { Clock } from '#platform/clock.js';
import type { ReadModels } from '#read-models/read-models.js';
import type { AuctionWriter, LotWriter } from '../writers.js';
import { inParallel } from './in-parallel.js';
import type { ProcessLog } from './process-manager.js';

/** How late a deadline may be noticed, milliseconds. */
const TICK_MS = 100;
/** Deadlines met at once; the rest follows in the next tick. */
const AT_ONCE = 500;
/** A deadline whose command changed nothing is looked at again after so long, milliseconds. */
const AGAIN_MS = 500;

export interface DeadlineParts {
  readonly readModels: ReadModels;
  readonly lots: LotWriter;
  readonly auctions: AuctionWriter;
  readonly clock: Clock;
  readonly log: ProcessLog;
  /** True for a lot that is not to be closed yet: acknowledged bids are on their way into it. */
  readonly holds: (lotId: string) => boolean;
}

/**
 * Closes lots at their effective end, starts auctions at their opening and ends them at theirs. The read models tell what may be
 * due; the streams decide (rule S3), so several processes may do the same. Deadlines missed while nothing ran are met at the start.
 */
export class Deadlines {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private stopped = false;
  private readonly tried = new Map<string, number>();

  constructor(private readonly parts: DeadlineParts) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.working = this.tick()
        .catch((err: unknown) => this.parts.log.error({ err }, 'a deadline could not be met, trying again'))
        .then(() => {
          if (!this.stopped) this.start();
        });
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private async tick(): Promise<void> {
    const { readModels, lots: lotWriter, clock, holds } = this.parts;
    const at = clock.now();
    for (const [id, again] of this.tried) if (again <= at) this.tried.delete(id);
    const due = readModels.lots.due(at, AT_ONCE + this.tried.size).filter((lotId) => !holds(lotId));
    const lots = this.untried(due, at);
    const auctions = this.untried(readModels.auctions.due(at, AT_ONCE + this.tried.size), at);
    // Both to their end: a lot that cannot be closed keeps no auction from its deadline.
    const met = await Promise.allSettled([
      inParallel(lots, (lotId) =>
        lotWriter.execute(lotId, { type: 'CloseLot', reason: 'time', at }, onTime(lotId, 'close', at)),
      ),
      inParallel(auctions, (auctionId) => this.meet(auctionId, at)),
    ]);
    for (const result of met) if (result.status === 'rejected') throw result.reason;
  }

  private untried(ids: readonly string[], at: number): string[] {
    const fresh = ids.filter((id) => !this.tried.has(id)).slice(0, AT_ONCE);
    for (const id of fresh) this.tried.set(id, at + AGAIN_MS);
    return fresh;
  }

  private async meet(auctionId: string, at: number): Promise<void> {
    const { readModels, auctions } = this.parts;
    const phase = readModels.auctions.get(auctionId)?.phase;
    if (phase === 'created') {
      await auctions.execute(auctionId, { type: 'StartAuction', at }, onTime(auctionId, 'start', at));
    } else if (phase === 'started') {
      await auctions.execute(auctionId, { type: 'EndAuction', reason: 'time', at }, onTime(auctionId, 'end', at));
    }
  }
}

const onTime = (id: string, step: string, at: number): CommandContext => ({
  commandId: derivedId('deadline', id, step, String(at)),
  correlationId: id,
  causationId: id,
  actor: 'system',
});
