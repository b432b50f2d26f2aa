import type { LotEvent } from '#contracts/events/lot-events.js';
import type { EpochMs } from '#contracts/time.js';
import type { Lot } from './lot.js';

/**
 * Rule S2: a bid at time t that changed the price, the leader or whether the reserve is met, with end - t <= window, moves the
 * end to max(end, t + extension). Null when it does not.
 */
export function extensionBy(before: Lot, after: Lot, t: EpochMs): LotEvent | null {
  const { softClose } = before.terms;
  if (softClose === null || before.closesAt === null) return null;
  if (before.closesAt - t > softClose.windowSeconds * 1000) return null;
  if (before.extensions >= (softClose.maxExtensions ?? Number.POSITIVE_INFINITY)) return null;
  const changed =
    after.price !== before.price ||
    after.leader?.bidderId !== before.leader?.bidderId ||
    after.reserveMet !== before.reserveMet;
  const closesAt = t + softClose.extensionSeconds * 1000;
  if (!changed || closesAt <= before.closesAt) return null;
  const { lotId, auctionId } = before;
  return {
    type: 'BiddingExtended',
    data: {
      lotId,
      auctionId,
      closesAt,
      byMs: closesAt - before.closesAt,
      extension: before.extensions + 1,
      cause: 'bid',
    },
  };
}
