import { Map as persistentMap } from 'immutable';
import { assertNever } from '#contracts/assert-never.js';
import type { EventOf } from '#contracts/events/define-event.js';
import type { BidPlaced, ItemBought, LotEvent, LotListed } from '#contracts/events/lot-events.js';
import { outranks } from './bidding-open.js';
import type { Leader, Lot, LotState } from './lot.js';

/** Folds one event into the lot. Throws on a stream that no Gavel wrote: an event before LotListed. */
export function evolve(state: LotState, event: LotEvent): LotState {
  if (event.type === 'LotListed') return listed(event.data);
  if (state.phase === 'not-listed') throw new Error(`${event.type} stands before LotListed`);
  return evolveLot(state, event);
}

function evolveLot(lot: Lot, event: Exclude<LotEvent, { type: 'LotListed' }>): Lot {
  switch (event.type) {
    case 'LotOpened':
      return { ...lot, phase: 'open', openedAt: event.data.openedAt, closesAt: event.data.closesAt };
    case 'BidPlaced':
      return withBid(lot, event.data);
    case 'BiddingExtended':
      return { ...lot, closesAt: event.data.closesAt, extensions: event.data.extension };
    case 'ReserveLowered':
      return { ...lot, reserve: event.data.reserve };
    case 'ItemBought':
      return withPurchase(lot, event.data);
    case 'LotClosed':
      return { ...lot, phase: 'closed', closesAt: event.data.closedAt, closeReason: event.data.reason };
    case 'LotSold': {
      const { winnerId, amount, bidId } = event.data;
      return { ...lot, phase: 'sold', winner: { winnerId, amount, bidId } };
    }
    case 'LotPassed':
      return { ...lot, phase: 'passed' };
    case 'LotWithdrawn':
      return { ...lot, phase: 'withdrawn', closesAt: event.data.withdrawnAt };
    case 'BidArrivedLate':
    case 'OutOfStock':
      return lot;
    default:
      return assertNever(event);
  }
}

function listed(data: EventOf<typeof LotListed>['data']): Lot {
  const { lotId, auctionId, ordinal, terms, extendsAsGroup } = data;
  return {
    phase: 'listed',
    lotId,
    auctionId,
    ordinal,
    terms,
    extendsAsGroup,
    reserve: terms.reserve,
    reserveMet: terms.reserve === null,
    openedAt: null,
    closesAt: terms.closesAt,
    extensions: 0,
    price: null,
    leader: null,
    lastSequence: 0,
    lastAcceptedAt: null,
    bidCount: 0,
    unitsSold: 0,
    boughtBy: terms.buyNow?.limitPerBuyer === undefined ? null : persistentMap<string, number>(),
    closeReason: null,
    winner: null,
  };
}

function withBid(lot: Lot, bid: EventOf<typeof BidPlaced>['data']): Lot {
  const leader = lot.terms.bidPolicy === 'open' ? openLeader(lot, bid) : proxyLeader(lot.leader, bid);
  const price = lot.terms.bidPolicy === 'open' ? (leader?.maximum ?? null) : bid.price;
  const counts =
    bid.outcome !== 'below-minimum' && bid.outcome !== 'own-maximum-not-raised' && bid.outcome !== 'not-highest';
  // Every field by name: a copy by spread is ten times as slow, and every bid makes two.
  return {
    phase: lot.phase,
    lotId: lot.lotId,
    auctionId: lot.auctionId,
    ordinal: lot.ordinal,
    terms: lot.terms,
    extendsAsGroup: lot.extendsAsGroup,
    reserve: lot.reserve,
    reserveMet: lot.reserveMet || (counts && price !== null && lot.reserve !== null && price >= lot.reserve),
    openedAt: lot.openedAt,
    closesAt: lot.closesAt,
    extensions: lot.extensions,
    price,
    leader,
    lastSequence: Math.max(lot.lastSequence, bid.sequence),
    lastAcceptedAt: Math.max(lot.lastAcceptedAt ?? 0, bid.acceptedAt),
    bidCount: lot.bidCount + 1,
    unitsSold: lot.unitsSold,
    boughtBy: lot.boughtBy,
    closeReason: lot.closeReason,
    winner: lot.winner,
  };
}

const leaderOf = (bid: EventOf<typeof BidPlaced>['data']): Leader => ({
  bidderId: bid.bidderId,
  bidId: bid.bidId,
  sequence: bid.sequence,
  maximum: bid.amount,
});

/** By amount and sequence, not by the recorded outcome: the same in whatever order the bids were stored (rule O1). */
const openLeader = (lot: Lot, bid: EventOf<typeof BidPlaced>['data']): Leader | null =>
  outranks(bid, lot.leader, lot.terms.startingBid) ? leaderOf(bid) : lot.leader;

function proxyLeader(leader: Leader | null, bid: EventOf<typeof BidPlaced>['data']): Leader | null {
  if (bid.outcome === 'leading') return leaderOf(bid);
  if (bid.outcome === 'maximum-raised' && leader !== null) return { ...leader, maximum: bid.amount };
  return leader;
}

function withPurchase(lot: Lot, purchase: EventOf<typeof ItemBought>['data']): Lot {
  const { buyerId, quantity } = purchase;
  return {
    ...lot,
    unitsSold: lot.unitsSold + quantity,
    boughtBy: lot.boughtBy?.update(buyerId, 0, (units) => units + quantity) ?? null,
  };
}
