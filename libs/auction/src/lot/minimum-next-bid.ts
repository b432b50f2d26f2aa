import type { Money } from '#contracts/money.js';
import { incrementAt } from './increments.js';
import type { Lot } from './lot.js';

/** The least amount with which somebody other than the leader changes the lot. */
export function minimumNextBid(lot: Pick<Lot, 'terms' | 'price'>): Money {
  const { terms, price } = lot;
  if (terms.bidPolicy === 'open') return (price ?? terms.startingBid) + 1;
  if (price === null) return Math.max(1, terms.startingBid);
  return price + incrementAt(terms.increments, price);
}
