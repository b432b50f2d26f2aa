import { assertNever } from '../assert-never.js';
import type { AuctionEnded } from '../events/auction-events.js';
import type { EventType, GavelEvent } from '../events/catalogue.js';
import type { EventOf } from '../events/define-event.js';
import type { BidPlaced, LotListed } from '../events/lot-events.js';
import type { Vehicle } from '../terms.js';
import { type EpochMs, toIso, toIsoOrNull } from '../time.js';
import { type PublicEvent, type PublicEventType, publicEventTypes } from './public-catalogue.js';

/** What the mapping needs of a stored event; the data in the newest version of the type. */
export interface StoredForPublic {
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly recordedAt: EpochMs;
}

/** What stands for a bidder outside: stable per bidder and auction, not linkable between auctions. */
export type AliasOf = (bidderId: string, auctionId: string) => string;

/**
 * The stored types that partners see, under the same names. The others are decisions whose effect follows in another stream (LotAdded,
 * AuctionEnding, LotSettled, LotOpened, LotClosed), or are nobody's business outside (reserves, late bids, vehicles' claims, keys).
 */
export const publishedTypes = publicEventTypes satisfies readonly EventType[];

/**
 * A stored event as partners see it; null for what stays inside. Needs nothing but the event, so that every way out (Kafka, webhooks,
 * feed, push) shows the same. Throws for a type that the catalogue lacks.
 */
export function publicEventOf(stored: StoredForPublic, aliasOf: AliasOf): PublicEvent | null {
  const event = { type: stored.type, data: stored.data } as GavelEvent;
  const view = viewOf(event, aliasOf);
  if (view === null) return null;
  const { eventType, auctionId, payload } = view;
  return { eventId: stored.id, eventType, auctionId, timestamp: toIso(stored.recordedAt), payload } as PublicEvent;
}

type View = { [T in PublicEventType]: Viewed<Extract<PublicEvent, { eventType: T }>> }[PublicEventType];
type Viewed<E extends PublicEvent> = Pick<E, 'eventType' | 'auctionId' | 'payload'>;

/** Every field is named: what a stored event gains later does not leave by itself. */
function viewOf({ type, data }: GavelEvent, aliasOf: AliasOf): View | null {
  switch (type) {
    case 'AuctionCreated': {
      const { auctionId, title, currency, opensAt, closesAt } = data;
      const payload = { title, currency, opensAt: toIsoOrNull(opensAt), closesAt: toIsoOrNull(closesAt) };
      return { eventType: type, auctionId, payload };
    }
    case 'LotListed':
      return { eventType: type, auctionId: data.auctionId, payload: listed(data) };
    case 'BidPlaced':
      return { eventType: type, auctionId: data.auctionId, payload: bid(data, aliasOf) };
    case 'BiddingExtended': {
      const { lotId, auctionId, closesAt } = data;
      return { eventType: type, auctionId, payload: { lotId, closesAt: toIso(closesAt) } };
    }
    case 'ItemBought': {
      const { lotId, auctionId, quantity, price, available } = data;
      const buyerId = aliasOf(data.buyerId, auctionId);
      return { eventType: type, auctionId, payload: { lotId, buyerId, quantity, price, available } };
    }
    case 'LotSold': {
      const { lotId, auctionId, amount } = data;
      const winnerId = data.winnerId && aliasOf(data.winnerId, auctionId);
      return { eventType: type, auctionId, payload: { lotId, winnerId, amount } };
    }
    case 'OutOfStock':
    case 'LotPassed':
    case 'LotWithdrawn':
      return { eventType: type, auctionId: data.auctionId, payload: { lotId: data.lotId } };
    case 'AuctionStarted':
    case 'AuctionCancelled':
      return { eventType: type, auctionId: data.auctionId, payload: {} };
    case 'AuctionEnded':
      return { eventType: type, auctionId: data.auctionId, payload: ended(data, aliasOf) };
    case 'LotAdded':
    case 'LotOpened':
    case 'LotClosed':
    case 'LotSettled':
    case 'AuctionEnding':
    case 'ReserveLowered':
    case 'BidArrivedLate':
    case 'VehicleClaimed':
    case 'VehicleReleased':
    case 'KeyIssued':
    case 'KeyRevoked':
    case 'WebhookSubscribed':
    case 'WebhookSecretRotated':
    case 'WebhookDisabled':
    case 'WebhookEnabled':
    case 'WebhookDeleted':
      return null;
    default:
      return assertNever(type);
  }
}

function listed(data: EventOf<typeof LotListed>['data']) {
  const { lotId, ordinal, terms } = data;
  const { title, startingBid, bidPolicy, currency, buyNow, vehicle } = terms;
  return {
    lotId,
    ordinal,
    title,
    startingBid,
    bidPolicy,
    currency,
    closesAt: toIsoOrNull(terms.closesAt),
    buyNow: buyNow && { price: buyNow.price, quantity: buyNow.quantity },
    vehicle: vehicle && vehicleOf(vehicle),
  };
}

const vehicleOf = ({ vin, make, model, year, mileage }: Vehicle) => ({ vin, make, model, year, mileage });

/** Rule P5: under `proxy` no bid shows its amount, not even one below the minimum, which is as much a maximum as any other. */
function bid(data: EventOf<typeof BidPlaced>['data'], aliasOf: AliasOf) {
  const { lotId, auctionId, bidderId, amount, bidPolicy, sequence, outcome, price } = data;
  return {
    lotId,
    bidderId: aliasOf(bidderId, auctionId),
    amount: bidPolicy === 'open' ? amount : price,
    sequence,
    // As in the answer to the bid: a leader who raises the own maximum leads.
    isCurrentlyHighest: outcome === 'leading' || outcome === 'maximum-raised',
    currentHighestBid: price,
  };
}

function ended({ auctionId, results }: EventOf<typeof AuctionEnded>['data'], aliasOf: AliasOf) {
  const shown = results.map(({ lotId, state, winnerId, amount }) => ({
    lotId,
    state,
    winnerId: winnerId && aliasOf(winnerId, auctionId),
    amount,
  }));
  const [only, another] = shown;
  const single = another === undefined ? only : undefined;
  return { winnerId: single?.winnerId ?? null, finalAmount: single?.amount ?? null, results: shown };
}
