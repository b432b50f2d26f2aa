import type { BidOutcome } from '#contracts/events/lot-events.js';
import type { Money } from '#contracts/money.js';
import type { Leader, Lot } from './lot.js';

/** Policy `open`: whether a bid beats the leader. Strictly above the starting bid; equal amounts go to the lower sequence. */
export function outranks(
  bid: { readonly amount: Money; readonly sequence: number },
  leader: Leader | null,
  startingBid: Money,
): boolean {
  if (leader === null) return bid.amount > startingBid;
  return bid.amount > leader.maximum || (bid.amount === leader.maximum && bid.sequence < leader.sequence);
}

/** Policy `open`: every bid is recorded, the best one leads. */
export function openBid(
  lot: Lot,
  bid: { amount: Money; sequence: number },
): { outcome: BidOutcome; price: Money | null } {
  if (!outranks(bid, lot.leader, lot.terms.startingBid)) return { outcome: 'not-highest', price: lot.price };
  return { outcome: 'leading', price: bid.amount };
}
