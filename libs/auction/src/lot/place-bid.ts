import type { LotEvent } from '#contracts/events/lot-events.js';
import type { Money } from '#contracts/money.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused } from '../decider.js';
import { openBid } from './bidding-open.js';
import { proxyBid } from './bidding-proxy.js';
import { evolve } from './evolve.js';
import { isFixedPrice, type Lot } from './lot.js';
import { extensionBy } from './soft-close.js';

export interface PlaceBid {
  readonly type: 'PlaceBid';
  readonly bidId: string;
  readonly bidderId: string;
  readonly amount: Money;
  /** When Gavel took the bid in; it counts when this lies before the effective end (rule S1). */
  readonly acceptedAt: EpochMs;
  /** A number drawn from a sequencer: a hint, which may be late, drawn twice or nonsense. The stream decides. */
  readonly sequence?: number;
  /**
   * The bidder was told that the bid is taken, while the store was away: it is recorded whatever happened to the lot since, late
   * where it no longer counts.
   */
  readonly acknowledged?: boolean;
}

/** A drawn number that is further ahead of the last one was not drawn for this lot: numbers must never run out. */
const MAX_LEAD = 1_000_000;

/** A bid is never refused for its amount: it is recorded with its outcome. */
export function placeBid(command: PlaceBid, lot: Lot): Decision<LotEvent> {
  if (lot.phase === 'listed') return refused({ code: 'lot-not-open' });
  if (isFixedPrice(lot)) return refused({ code: 'bidding-not-offered' });
  if (lot.phase !== 'open') return afterTheClose(command, lot);
  if (lot.openedAt === null || command.acceptedAt < lot.openedAt) return refused({ code: 'lot-not-open' });
  if (lot.closesAt !== null && command.acceptedAt >= lot.closesAt) return afterTheEnd(command, lot, lot.closesAt);

  const { bidId, bidderId, amount, acceptedAt } = command;
  const sequence = sequenceOf(command, lot);
  const { bidPolicy } = lot.terms;
  const result = bidPolicy === 'open' ? openBid(lot, { amount, sequence }) : proxyBid(lot, command);
  const placed: LotEvent = {
    type: 'BidPlaced',
    data: {
      lotId: lot.lotId,
      auctionId: lot.auctionId,
      bidId,
      bidderId,
      amount,
      bidPolicy,
      sequence,
      acceptedAt,
      ...result,
    },
  };
  const extended = lot.terms.softClose === null ? null : extensionBy(lot, evolve(lot, placed) as Lot, acceptedAt);
  return extended === null ? accepted(placed) : accepted(placed, extended);
}

/** Above the last, so that no two bids of a lot ever have the same number (rule O1). */
function sequenceOf({ sequence: drawn }: PlaceBid, { lastSequence }: Lot): number {
  if (drawn === undefined || !Number.isInteger(drawn)) return lastSequence + 1;
  return drawn > lastSequence && drawn <= lastSequence + MAX_LEAD ? drawn : lastSequence + 1;
}

/** Accepted in time but stored behind LotClosed: put on record, never a winner. */
function afterTheClose(command: PlaceBid, lot: Lot): Decision<LotEvent> {
  if (lot.closesAt === null) return refused({ code: 'lot-closed' });
  const inTime = command.acceptedAt < lot.closesAt && command.acceptedAt >= (lot.openedAt ?? Infinity);
  if (inTime && lot.phase !== 'withdrawn') return late(command, lot, lot.closesAt);
  return afterTheEnd(command, lot, lot.closesAt);
}

/** Too late; what was acknowledged goes on record all the same. */
const afterTheEnd = (command: PlaceBid, lot: Lot, closedAt: EpochMs): Decision<LotEvent> =>
  command.acknowledged === true ? late(command, lot, closedAt) : refused({ code: 'lot-closed' });

function late({ bidId, bidderId, amount, acceptedAt }: PlaceBid, lot: Lot, closedAt: EpochMs): Decision<LotEvent> {
  const { lotId, auctionId } = lot;
  return accepted({
    type: 'BidArrivedLate',
    data: { lotId, auctionId, bidId, bidderId, amount, acceptedAt, closedAt },
  });
}
