import type { LotEvent } from '#contracts/events/lot-events.js';
import type { Money } from '#contracts/money.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused, unchanged } from '../decider.js';
import { isSettled, type Lot } from './lot.js';

export interface LowerReserve {
  readonly type: 'LowerReserve';
  readonly reserve: Money;
  readonly at: EpochMs;
}

/** Only lower, only while unmet; no winner comes of it without a new bid. */
export function lowerReserve(command: LowerReserve, lot: Lot): Decision<LotEvent> {
  const due = lot.phase === 'open' && lot.closesAt !== null && command.at >= lot.closesAt;
  if (isSettled(lot) || due) return refused({ code: 'lot-closed' });
  if (lot.reserve === null) return refused({ code: 'no-reserve' });
  if (lot.reserveMet) return refused({ code: 'reserve-already-met' });
  if (command.reserve === lot.reserve) return unchanged;
  if (command.reserve > lot.reserve) return refused({ code: 'reserve-not-lowered' });
  const { lotId, auctionId } = lot;
  return accepted({ type: 'ReserveLowered', data: { lotId, auctionId, reserve: command.reserve } });
}
