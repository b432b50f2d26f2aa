import type { BidOutcome } from '#contracts/events/lot-events.js';
import type { Money } from '#contracts/money.js';
import { incrementAt } from './increments.js';
import type { Lot } from './lot.js';
import { minimumNextBid } from './minimum-next-bid.js';

type Bid = { bidderId: string; amount: Money };
type Result = { outcome: BidOutcome; price: Money | null };

/** Policy `proxy`: the amount is a hidden maximum, the price rises by increments (rules P1 to P4). */
export function proxyBid(lot: Lot, bid: Bid): Result {
  const { leader, price, reserve, terms } = lot;
  const step = (amount: Money) => amount + incrementAt(terms.increments, amount);
  const atReserve = (at: Money, maximum: Money) =>
    reserve !== null && maximum >= reserve && at < reserve ? reserve : at;

  if (leader === null || price === null) {
    if (bid.amount < terms.startingBid) return { outcome: 'below-minimum', price };
    return { outcome: 'leading', price: atReserve(terms.startingBid, bid.amount) };
  }
  if (bid.bidderId === leader.bidderId) {
    if (bid.amount <= leader.maximum) return { outcome: 'own-maximum-not-raised', price };
    return { outcome: 'maximum-raised', price: atReserve(price, bid.amount) };
  }
  if (bid.amount < minimumNextBid(lot)) return { outcome: 'below-minimum', price };
  if (bid.amount <= leader.maximum) {
    const risen = Math.max(price, Math.min(leader.maximum, step(bid.amount)));
    return { outcome: 'outbid', price: atReserve(risen, leader.maximum) };
  }
  const risen = Math.max(price, Math.min(bid.amount, step(leader.maximum)));
  return { outcome: 'leading', price: atReserve(risen, bid.amount) };
}
