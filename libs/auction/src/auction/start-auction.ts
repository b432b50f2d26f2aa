import type { AuctionEvent } from '#contracts/events/auction-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused, unchanged } from '../decider.js';
import type { Auction } from './auction.js';

export interface StartAuction {
  readonly type: 'StartAuction';
  readonly at: EpochMs;
}

/** Starts once; the lots open as their streams are told. */
export function startAuction(command: StartAuction, auction: Auction): Decision<AuctionEvent> {
  if (auction.phase === 'started') return unchanged;
  if (auction.phase === 'cancelled') return refused({ code: 'auction-cancelled' });
  if (auction.phase !== 'created') return refused({ code: 'auction-ended' });
  return accepted({ type: 'AuctionStarted', data: { auctionId: auction.auctionId, startedAt: command.at } });
}
