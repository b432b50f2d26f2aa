import type { LotEvent } from '#contracts/events/lot-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, unchanged } from '../decider.js';
import type { Lot } from './lot.js';

/** Carries the auction's AuctionStarted to the stream of the lot. */
export interface OpenLot {
  readonly type: 'OpenLot';
  readonly at: EpochMs;
}

export function openLot(command: OpenLot, lot: Lot): Decision<LotEvent> {
  if (lot.phase !== 'listed') return unchanged;
  const { lotId, auctionId, terms } = lot;
  return accepted({ type: 'LotOpened', data: { lotId, auctionId, openedAt: command.at, closesAt: terms.closesAt } });
}
