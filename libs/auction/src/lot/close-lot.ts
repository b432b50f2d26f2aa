import type { CloseReason, LotEvent } from '#contracts/events/lot-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused, unchanged } from '../decider.js';
import { isFixedPrice, isSettled, type Lot } from './lot.js';

export interface CloseLot {
  readonly type: 'CloseLot';
  readonly reason: Exclude<CloseReason, 'bought'>;
  readonly at: EpochMs;
}

/** Closes once, and by time never before the effective end (rule S3). */
export function closeLot(command: CloseLot, lot: Lot): Decision<LotEvent> {
  if (isSettled(lot)) return unchanged;
  if (lot.phase === 'listed') return refused({ code: 'lot-not-open' });
  const due = lot.closesAt !== null && command.at >= lot.closesAt;
  if (command.reason === 'time' && !due) return refused({ code: 'lot-not-due' });
  // A lot that was due closed at its end, whenever that is noticed and whoever notices it.
  const closedAt = due && lot.closesAt !== null ? lot.closesAt : closeByHand(lot, command.at);
  const { lotId, auctionId } = lot;
  const closed: LotEvent = {
    type: 'LotClosed',
    data: { lotId, auctionId, closedAt, reason: due ? 'time' : command.reason },
  };
  return accepted(closed, outcome(lot));
}

/** Behind the opening and every recorded bid, so that each of them counts (rule S1), whatever the closer's clock says. */
const closeByHand = ({ openedAt, lastAcceptedAt }: Lot, at: EpochMs): EpochMs =>
  Math.max(at, openedAt ?? at, lastAcceptedAt === null ? at : lastAcceptedAt + 1);

function outcome(lot: Lot): LotEvent {
  const { lotId, auctionId, leader, price } = lot;
  if (isFixedPrice(lot)) {
    if (lot.unitsSold === 0) return { type: 'LotPassed', data: { lotId, auctionId, reason: 'nothing-bought' } };
    return { type: 'LotSold', data: { lotId, auctionId, winnerId: null, amount: null, bidId: null } };
  }
  if (leader === null) return { type: 'LotPassed', data: { lotId, auctionId, reason: 'no-valid-bid' } };
  if (!lot.reserveMet) return { type: 'LotPassed', data: { lotId, auctionId, reason: 'reserve-not-met' } };
  return { type: 'LotSold', data: { lotId, auctionId, winnerId: leader.bidderId, amount: price, bidId: leader.bidId } };
}
