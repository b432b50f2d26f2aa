import { assertNever } from '#contracts/assert-never.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { BuyNowPolicy, BuyNow as BuyNowTerms } from '#contracts/terms.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused } from '../decider.js';
import { availableUnits, isFixedPrice, isSettled, type Lot } from './lot.js';

export interface BuyNow {
  readonly type: 'BuyNow';
  readonly purchaseId: string;
  readonly buyerId: string;
  /** Units; all of them or none (rule B2). */
  readonly quantity: number;
  readonly at: EpochMs;
}

/** First come, first served at the fixed price; the exact revision of the stream decides, never a cache of the stock. */
export function buyNow(command: BuyNow, lot: Lot): Decision<LotEvent> {
  const { buyNow: offer } = lot.terms;
  if (offer === null) return refused({ code: 'buy-now-not-offered' });
  if (lot.phase === 'listed') return refused({ code: 'lot-not-open' });
  if (availableUnits(lot) === 0) return refused({ code: 'sold-out' });
  if (isSettled(lot) || isOver(lot, command.at)) return refused({ code: 'lot-closed' });
  if (lot.openedAt === null || command.at < lot.openedAt) return refused({ code: 'lot-not-open' });
  if (buyingHasEnded(lot, offer)) return refused({ code: 'buy-now-ended' });

  const available = availableUnits(lot) - command.quantity;
  if (available < 0) return refused({ code: 'insufficient-stock', available: availableUnits(lot) });
  const boughtBefore = lot.boughtBy?.get(command.buyerId) ?? 0;
  const limit = offer.limitPerBuyer ?? Number.POSITIVE_INFINITY;
  if (boughtBefore + command.quantity > limit) return refused({ code: 'purchase-limit-exceeded', limit });
  return accepted(bought(command, lot, offer, available), ...consequences(command, lot, offer, available));
}

const isOver = (lot: Lot, at: EpochMs): boolean => lot.closesAt !== null && at >= lot.closesAt;

function bought(command: BuyNow, lot: Lot, offer: BuyNowTerms, available: number): LotEvent {
  const { purchaseId, buyerId, quantity, at } = command;
  const { lotId, auctionId } = lot;
  return {
    type: 'ItemBought',
    data: { lotId, auctionId, purchaseId, buyerId, quantity, price: offer.price, available, boughtAt: at },
  };
}

/** Rule B4, and beside bidding the close in the same append, which voids all hidden maxima. */
function consequences(command: BuyNow, lot: Lot, offer: BuyNowTerms, available: number): LotEvent[] {
  if (available > 0) return [];
  const { lotId, auctionId } = lot;
  const outOfStock: LotEvent = { type: 'OutOfStock', data: { lotId, auctionId } };
  if (isFixedPrice(lot)) return [outOfStock];
  return [
    outOfStock,
    { type: 'LotClosed', data: { lotId, auctionId, closedAt: command.at, reason: 'bought' } },
    { type: 'LotSold', data: { lotId, auctionId, winnerId: command.buyerId, amount: offer.price, bidId: null } },
  ];
}

/** Units that bidding has left to buyers: none once it has ended buying, or won the lot. */
export function buyableUnits(lot: Bidding): number {
  const { buyNow: offer } = lot.terms;
  if (offer === null || buyingHasEnded(lot, offer)) return 0;
  return lot.phase === 'sold' && !isFixedPrice(lot) ? 0 : availableUnits(lot);
}

/** What ends buying beside bidding; null: there is no bidding. */
export const endOfBuying = ({ quantity, policy }: BuyNowTerms): BuyNowPolicy | null =>
  quantity > 1 ? null : (policy ?? 'until-first-bid');

type Bidding = Omit<Lot, 'boughtBy'>;

function buyingHasEnded(lot: Bidding, offer: BuyNowTerms): boolean {
  const policy = endOfBuying(offer);
  switch (policy) {
    case null:
      return false;
    case 'until-first-bid':
      return lot.leader !== null;
    case 'until-reserve-met':
      return lot.leader !== null && lot.reserveMet;
    case 'until-price-exceeds':
      return lot.price !== null && lot.price > offer.price;
    default:
      return assertNever(policy);
  }
}
