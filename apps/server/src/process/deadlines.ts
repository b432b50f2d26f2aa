import { derivedId } from '#event-store/event-id.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import type { Clock } from '#platform/clock.js';
import type { ReadModels } from '#read-models/read-models.js';
import type { AuctionWriter, LotWriter } from '../writers.js';
import type { ProcessLog } from './process-manager.js';

/** How late a deadline may be noticed, milliseconds. */
const TICK_MS = 100;
/** Of each kind, deadlines that are being met at once; the rest follows as they are. */
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
 * Each is met by itself: one whose stream does not answer keeps no other waiting.
 */
export class Deadlines {
  private timer: NodeJS.Timeout | undefined;
  private readonly lots: Meeting;
  private readonly auctions: Meeting;

  constructor(private readonly parts: DeadlineParts) {
    this.lots = new Meeting(this.failed);
    this.auctions = new Meeting(this.failed);
  }

  start(): void {
    this.timer = setInterval(() => {
      const at = this.parts.clock.now();
      for (const look of [this.closeLots, this.runAuctions]) {
        try {
          look(at);
        } catch (err) {
          this.failed(err);
        }
      }
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([this.lots.ended(), this.auctions.ended()]);
  }

  private readonly closeLots = (at: number): void => {
    const { readModels, lots, holds } = this.parts;
    const due = readModels.lots.due(at, this.lots.toLookAt).filter((lotId) => !holds(lotId));
    this.lots.begin(due, at, (lotId) =>
      lots.execute(lotId, { type: 'CloseLot', reason: 'time', at }, onTime(lotId, 'close', at)),
    );
  };

  private readonly runAuctions = (at: number): void => {
    const due = this.parts.readModels.auctions.due(at, this.auctions.toLookAt);
    this.auctions.begin(due, at, (auctionId) => this.meet(auctionId, at));
  };

  private async meet(auctionId: string, at: number): Promise<void> {
    const { readModels, auctions } = this.parts;
    const phase = readModels.auctions.get(auctionId)?.phase;
    if (phase === 'created') {
      await auctions.execute(auctionId, { type: 'StartAuction', at }, onTime(auctionId, 'start', at));
    } else if (phase === 'started') {
      await auctions.execute(auctionId, { type: 'EndAuction', reason: 'time', at }, onTime(auctionId, 'end', at));
    }
  }

  private readonly failed = (err: unknown): void =>
    this.parts.log.error({ err }, 'a deadline could not be met, trying again');
}

/** Deadlines that are being met, and those that were a moment ago. */
class Meeting {
  private readonly underWay = new Map<string, Promise<unknown>>();
  /** When each may be met again. */
  private readonly tried = new Map<string, number>();

  constructor(private readonly failed: (err: unknown) => void) {}

  /** So many of those that are due may be under way or tried, and so many more may begin. */
  get toLookAt(): number {
    return AT_ONCE + this.tried.size + this.underWay.size;
  }

  begin(due: readonly string[], at: number, meet: (id: string) => Promise<unknown>): void {
    for (const [id, again] of this.tried) if (again <= at) this.tried.delete(id);
    for (const id of due) {
      if (this.underWay.size === AT_ONCE) return;
      if (this.underWay.has(id) || this.tried.has(id)) continue;
      this.tried.set(id, at + AGAIN_MS);
      const met = meet(id).catch(this.failed);
      this.underWay.set(
        id,
        met.finally(() => this.underWay.delete(id)),
      );
    }
  }

  async ended(): Promise<void> {
    await Promise.all(this.underWay.values());
  }
}

const onTime = (id: string, step: string, at: number): CommandContext => ({
  commandId: derivedId('deadline', id, step, String(at)),
  correlationId: id,
  causationId: id,
  actor: 'system',
});
