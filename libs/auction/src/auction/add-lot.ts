import type { AuctionEvent } from '#contracts/events/auction-events.js';
import type { LotOffer } from '#contracts/terms.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused, unchanged } from '../decider.js';
import { type Auction, MAX_LOTS } from './auction.js';
import { isOver } from './phase.js';

export interface AddLot {
  readonly type: 'AddLot';
  readonly lotId: string;
  readonly offer: LotOffer;
  /** When it was asked for; null where that was decided before, with the claim of the vehicle. */
  readonly at: EpochMs | null;
}

/** Lots may be added until the auction ends; one added to a started auction opens at once. */
export function addLot(command: AddLot, auction: Auction): Decision<AuctionEvent> {
  const { lotId, offer, at } = command;
  if (auction.lots.has(lotId)) return unchanged;
  if (isOver(auction)) return refused({ code: auction.phase === 'cancelled' ? 'auction-cancelled' : 'auction-ended' });
  if (at !== null && offer.closesAt !== null && offer.closesAt <= at) {
    return refused({ code: 'time-passed', field: 'closesAt' });
  }
  const ordinal = auction.order.size + 1;
  if (ordinal > MAX_LOTS) return refused({ code: 'auction-full', limit: MAX_LOTS });
  const terms = { ...offer, currency: auction.currency, closesAt: offer.closesAt ?? staggeredEnd(auction, ordinal) };
  return accepted({ type: 'LotAdded', data: { auctionId: auction.auctionId, lotId, ordinal, terms } });
}

/** Rule S4: end = first + k * step, k counted from 0. */
function staggeredEnd(auction: Auction, ordinal: number): EpochMs | null {
  if (auction.closesAt === null) return null;
  return auction.closesAt + (ordinal - 1) * (auction.stagger?.stepSeconds ?? 0) * 1000;
}
