import type { AuctionEvent } from '#contracts/events/auction-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused, unchanged } from '../decider.js';
import type { Auction } from './auction.js';

export interface CancelAuction {
  readonly type: 'CancelAuction';
  readonly at: EpochMs;
}

/** Called off before it ended: lots that are not settled are withdrawn; what was sold before stays sold. */
export function cancelAuction(command: CancelAuction, auction: Auction): Decision<AuctionEvent> {
  if (auction.phase === 'cancelled') return unchanged;
  if (auction.phase === 'ending' || auction.phase === 'ended') return refused({ code: 'auction-ended' });
  return accepted({ type: 'AuctionCancelled', data: { auctionId: auction.auctionId, cancelledAt: command.at } });
}
