import { Spool } from '#event-store/spool/spool.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import type { ReadModel } from '#read-models/read-model.js';
import type { BidRow, LotRow } from '#read-models/rows.js';
import type { FailingEventStore } from '#testing/failing-event-store.js';
import { lotId, placeBid } from '#testing/lot-builders.js';
import { LotWriter } from '../../writers.js';
import { BidIntake, type TakenBid } from '../bid-intake.js';
import { BidSpool } from '../bid-spool.js';
import { Drainer } from '../drainer.js';

const quick = { initialMs: 1, capMs: 5, retries: 3 };
const silent = { warn: () => undefined, error: () => undefined };

/** One life of a process that takes bids. */
export class Life {
  /** What the read model has of every bid. */
  recorded: BidRow | null = null;

  private constructor(
    readonly drainedAs: readonly string[],
    readonly spool: BidSpool,
    readonly drainer: Drainer,
    readonly intake: BidIntake,
  ) {}

  static async begin(store: FailingEventStore, directory: string, rows: ReadModel<LotRow>, capacity = 1_000) {
    const lots = new LotWriter(store, { conflict: quick, ambiguous: quick });
    const spool = new BidSpool(await Spool.open({ directory }), capacity);
    const drainedAs: string[] = [];
    const drainer = new Drainer({
      spool,
      lots,
      log: silent,
      shown: () => Promise.resolve(),
      onDrained: (became) => drainedAs.push(became),
    });
    const bidRows = { get: () => life.recorded };
    const intake = new BidIntake({ lots, lotRows: rows, bidRows, spool, drainer, afterMs: 40 });
    const life: Life = new Life(drainedAs, spool, drainer, intake);
    drainer.start();
    return life;
  }

  bid(
    bidderId: string,
    amount: number,
    more: Partial<CommandContext> & { acceptedAt?: number } = {},
  ): Promise<TakenBid> {
    const { acceptedAt, ...context } = more;
    const command = placeBid(bidderId, amount, acceptedAt);
    return this.intake.place(lotId, command, {
      commandId: command.bidId,
      correlationId: 'request',
      causationId: 'request',
      actor: `bidder:${bidderId}`,
      ...context,
    });
  }

  async end(): Promise<void> {
    await this.drainer.stop();
    await this.spool.close();
  }
}
