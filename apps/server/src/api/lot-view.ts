import { buyableUnits, endOfBuying } from '#auction/lot/buy-now.js';
import type { Lot } from '#auction/lot/lot.js';
import { minimumNextBid } from '#auction/lot/minimum-next-bid.js';
import type { LotResultView, LotSummary, LotView, LotViewState } from '#contracts/http/lots.js';
import type { AliasOf } from '#contracts/public-events/public-event-of.js';
import { toIsoOrNull } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';

type PublicLot = Omit<Lot, 'boughtBy'>;

/** A lot as anybody with a credential may see it: no maximum, no reserve (rule P5). */
export function lotView(lot: PublicLot, position: Position, nameOf: AliasOf): LotView {
  const { terms, leader, price } = lot;
  const { buyNow } = terms;
  return {
    lotId: lot.lotId,
    auctionId: lot.auctionId,
    ordinal: lot.ordinal,
    title: terms.title,
    state: lotViewState(lot),
    bidPolicy: terms.bidPolicy,
    currency: terms.currency,
    startingBid: terms.startingBid,
    currentPrice: price,
    highestBid:
      leader === null || price === null
        ? null
        : { bidderId: nameOf(leader.bidderId, lot.auctionId), amount: price, sequence: leader.sequence },
    minimumNextBid: minimumNextBid(lot),
    bidCount: lot.bidCount,
    reserveMet: lot.reserveMet,
    opensAt: toIsoOrNull(lot.openedAt),
    closesAt: toIsoOrNull(lot.closesAt),
    extensions: lot.extensions,
    buyNow: buyNow && {
      price: buyNow.price,
      quantity: buyNow.quantity,
      available: buyableUnits(lot),
      limitPerBuyer: buyNow.limitPerBuyer ?? null,
      policy: endOfBuying(buyNow),
    },
    vehicle: terms.vehicle,
    position,
  };
}

export const lotSummary = (lot: PublicLot): LotSummary => ({
  lotId: lot.lotId,
  ordinal: lot.ordinal,
  title: lot.terms.title,
  state: lotViewState(lot),
  currentPrice: lot.price,
  closesAt: toIsoOrNull(lot.closesAt),
});

/** `closed` stands between two events of one append: it is never seen. */
export const lotViewState = ({ phase }: Pick<Lot, 'phase'>): LotViewState => (phase === 'closed' ? 'open' : phase);

export function lotResult(lot: PublicLot, position: Position, nameOf: AliasOf): LotResultView {
  const state = lot.phase === 'sold' || lot.phase === 'passed' || lot.phase === 'withdrawn' ? lot.phase : 'pending';
  return {
    lotId: lot.lotId,
    state,
    winnerId: lot.winner?.winnerId == null ? null : nameOf(lot.winner.winnerId, lot.auctionId),
    amount: lot.winner?.amount ?? null,
    bidId: lot.winner?.bidId ?? null,
    position,
  };
}
