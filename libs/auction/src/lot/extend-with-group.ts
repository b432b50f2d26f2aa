import type { LotEvent } from '#contracts/events/lot-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, unchanged } from '../decider.js';
import type { Lot } from './lot.js';

/** Another lot of the group was extended by so many milliseconds: this one moves with it (rule S4). */
export interface ExtendWithGroup {
  readonly type: 'ExtendWithGroup';
  readonly byMs: number;
  readonly at: EpochMs;
}

export function extendWithGroup(command: ExtendWithGroup, lot: Lot): Decision<LotEvent> {
  if (lot.phase !== 'open' || lot.closesAt === null || !lot.extendsAsGroup) return unchanged;
  if (command.byMs <= 0 || command.at >= lot.closesAt) return unchanged;
  const { lotId, auctionId } = lot;
  return accepted({
    type: 'BiddingExtended',
    data: {
      lotId,
      auctionId,
      closesAt: lot.closesAt + command.byMs,
      byMs: command.byMs,
      extension: lot.extensions,
      cause: 'group',
    },
  });
}
