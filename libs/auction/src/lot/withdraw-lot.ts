import type { LotEvent } from '#contracts/events/lot-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused, unchanged } from '../decider.js';
import { isSettled, type Lot } from './lot.js';

export interface WithdrawLot {
  readonly type: 'WithdrawLot';
  readonly at: EpochMs;
}

/** A lot that is due counts as closed: it cannot be withdrawn from its winner. */
export function withdrawLot(command: WithdrawLot, lot: Lot): Decision<LotEvent> {
  if (lot.phase === 'withdrawn') return unchanged;
  const due = lot.phase === 'open' && lot.closesAt !== null && command.at >= lot.closesAt;
  if (isSettled(lot) || due) return refused({ code: 'lot-closed' });
  const { lotId, auctionId } = lot;
  return accepted({ type: 'LotWithdrawn', data: { lotId, auctionId, withdrawnAt: command.at } });
}
