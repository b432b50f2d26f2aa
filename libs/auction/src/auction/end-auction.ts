import type { AuctionEvent } from '#contracts/events/auction-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused, unchanged } from '../decider.js';
import { type Auction, allSettled, lotsInOrder } from './auction.js';

export interface EndAuction {
  readonly type: 'EndAuction';
  /** `auctioneer` closes every open lot now; `time` waits until each lot has reached its own effective end. */
  readonly reason: 'auctioneer' | 'time';
  readonly at: EpochMs;
}

/** The decision to end; the end itself follows once every lot is settled. */
export function endAuction(command: EndAuction, auction: Auction): Decision<AuctionEvent> {
  if (auction.phase === 'ending' || auction.phase === 'ended') return unchanged;
  if (auction.phase === 'cancelled') return refused({ code: 'auction-cancelled' });
  if (auction.phase === 'created') return refused({ code: 'auction-not-started' });
  if (command.reason === 'time' && !(isDue(auction, command.at) && allSettled(auction))) return unchanged;

  const ending: AuctionEvent = { type: 'AuctionEnding', data: { auctionId: auction.auctionId, endingAt: command.at } };
  return allSettled(auction) ? accepted(ending, ended(auction, command.at)) : accepted(ending);
}

export const isDue = (auction: Auction, at: EpochMs): boolean => auction.closesAt !== null && at >= auction.closesAt;

/** The final event, with the results in the order of the lots. */
export const ended = (auction: Auction, at: EpochMs): AuctionEvent => ({
  type: 'AuctionEnded',
  data: {
    auctionId: auction.auctionId,
    endedAt: at,
    results: lotsInOrder(auction).flatMap((lot) => lot.result ?? []),
  },
});
