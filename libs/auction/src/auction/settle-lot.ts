import type { AuctionEvent, LotResult } from '#contracts/events/auction-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused, unchanged } from '../decider.js';
import { type Auction, allSettled, evolve } from './auction.js';
import { endAuction, ended } from './end-auction.js';

/** Carries a lot's result to its auction. */
export interface SettleLot {
  readonly type: 'SettleLot';
  readonly result: LotResult;
  readonly at: EpochMs;
}

/** The last result of an auction that is ending, or past its end, ends it in the same append. */
export function settleLot(command: SettleLot, auction: Auction): Decision<AuctionEvent> {
  const lot = auction.lots.get(command.result.lotId);
  if (lot === undefined) return refused({ code: 'lot-not-found' });
  if (lot.result !== null) return unchanged;
  const settled: AuctionEvent = {
    type: 'LotSettled',
    data: { auctionId: auction.auctionId, result: command.result },
  };
  const after = evolve(auction, settled) as Auction;
  if (after.phase === 'ending' && allSettled(after)) return accepted(settled, ended(after, command.at));
  if (after.phase !== 'started') return accepted(settled);
  const ending = endAuction({ type: 'EndAuction', reason: 'time', at: command.at }, after);
  return ending.kind === 'accepted' ? accepted(settled, ...ending.events) : accepted(settled);
}
