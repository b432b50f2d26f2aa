import type { LotState } from '#auction/lot/lot.js';
import { lotDecider } from '#auction/lot/lot-decider.js';
import type { PlaceBid } from '#auction/lot/place-bid.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { StoreUnavailable } from '#event-store/event-store.js';
import type { CommandContext, Outcome } from '#event-store/stream-writer/command-context.js';
import type { ReadModel } from '#read-models/read-model.js';
import { bidKey } from '#read-models/row-keys.js';
import type { BidRow, LotRow } from '#read-models/rows.js';
import { knownRow } from '../bidding/known-lot.js';
import type { LotWriter } from '../writers.js';
import type { BidSpool } from './bid-spool.js';
import type { Drainer } from './drainer.js';
import { LotsAhead } from './lots-ahead.js';
import { Patience } from './patience.js';
import type { SpooledBid } from './spooled-bid.js';

/** Stands for the digest of a request without a key: what matters is that the stream remembers the command. */
const SPOOLED = 'spooled';

export type TakenBid = Outcome<LotState, LotEvent> | { readonly kind: 'spooled'; readonly bid: SpooledBid };

export interface IntakeParts {
  readonly lots: LotWriter;
  readonly lotRows: ReadModel<LotRow>;
  readonly bidRows: Pick<ReadModel<BidRow>, 'get'>;
  readonly spool: BidSpool;
  readonly drainer: Drainer;
  /** How long the store may take to confirm a bid, milliseconds. */
  readonly afterMs: number;
}

/** Takes bids in: into the stream, and while the store does not confirm, into the spool. */
export class BidIntake {
  private readonly patience: Patience;
  private readonly ahead = new LotsAhead();

  constructor(private readonly parts: IntakeParts) {
    this.patience = new Patience(parts.afterMs);
  }

  /**
   * Answers after the bid is durable, in the stream or in the spool. Rejects with StoreUnavailable when it is in neither for certain, and
   * with Contention or Overloaded.
   */
  async place(lotId: string, command: PlaceBid, context: CommandContext): Promise<TakenBid> {
    const { lots, spool, drainer, afterMs } = this.parts;
    const known = spool.find(command.bidId);
    if (known !== undefined && spool.refusalOf(command.bidId) === undefined) return repeated(known, context);
    // Bids of the lot that came before go first.
    if (spool.waitingFor(lotId).length > 0 && !(await drainer.drained(lotId, afterMs))) {
      return this.keep(lotId, command, context, { triedBehind: null, failure: notConfirmed() });
    }
    const attempt = lots.attempt(lotId, command, context);
    let failure: StoreUnavailable;
    try {
      const outcome = await this.patience.within(attempt.outcome);
      if (outcome !== null) return outcome;
      // An outcome that comes after its time is found in the stream by the drainer.
      failure = notConfirmed();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      failure = error;
    }
    return this.keep(lotId, command, context, { triedBehind: attempt.withdraw(), failure });
  }

  /** What can be known without the store is decided now; then the bid is a promise. */
  private async keep(
    lotId: string,
    command: PlaceBid,
    context: CommandContext,
    { triedBehind, failure }: { triedBehind: number | null; failure: StoreUnavailable },
  ): Promise<TakenBid> {
    const { lotRows, spool, drainer } = this.parts;
    // Only the stream knows its revision.
    if (context.expectedRevisions !== undefined) throw failure;
    // Acknowledged once and refused by the stream: it waits no more, and only the stream can tell whether it is taken now.
    if (spool.refusalOf(command.bidId) !== undefined) throw failure;
    const row = knownRow(lotRows, lotId);
    if (row === null) throw failure;
    const { lot } = row;
    const decision = lotDecider.decide(command, lot);
    if (decision.kind !== 'accepted') {
      const isFinal = lot.phase !== 'listed' && lot.phase !== 'open';
      if (decision.kind === 'refused' && isFinal) {
        // Under a key it may be the repeat of a bid that the stream took in time.
        if (context.requestDigest !== undefined) throw failure;
        return decision;
      }
      // The bids in front of it may have moved the end (rule S1).
      const ahead = this.ahead.of(row, spool.waitingFor(lotId));
      // It may have opened, or its end may have moved, where this process could not see it.
      if (lotDecider.decide(command, ahead).kind !== 'accepted') throw failure;
    }
    const recorded = knownRow(this.parts.bidRows, bidKey(command.bidId));
    if (recorded !== null) {
      if (recorded.amount !== command.amount) return { kind: 'key-reused' };
      // The bid has an outcome, and was perhaps told it: a promise would be another answer. The first one stands in the stream.
      throw failure;
    }
    const { commandId, requestDigest = SPOOLED, correlationId, causationId, actor, traceparent } = context;
    const { bidderId, amount, acceptedAt } = command;
    const bid: SpooledBid = {
      bidId: commandId,
      lotId,
      auctionId: lot.auctionId,
      bidderId,
      amount,
      acceptedAt,
      requestDigest,
      correlationId,
      causationId,
      actor,
      ...(traceparent !== undefined && { traceparent }),
      ...(triedBehind !== null && { triedBehind }),
    };
    drainer.storeIsAway(failure);
    await spool.put(bid);
    // Of two requests under one key at the same time the spool keeps the first.
    return repeated(spool.find(bid.bidId) ?? bid, context);
  }
}

/** The same bid while it waits. */
const repeated = (bid: SpooledBid, { requestDigest = SPOOLED }: CommandContext): TakenBid =>
  bid.requestDigest === requestDigest ? { kind: 'spooled', bid } : { kind: 'key-reused' };

const notConfirmed = (): StoreUnavailable =>
  new StoreUnavailable('the event store did not confirm a bid in time', true);
