import { assertNever } from '#contracts/assert-never.js';
import type { GavelEvent } from '#contracts/events/catalogue.js';
import type { EventOf } from '#contracts/events/define-event.js';
import type { BidPlaced } from '#contracts/events/lot-events.js';
import type { LotTerms } from '#contracts/terms.js';
import { toIso } from '#contracts/time.js';

/** One line for people: what happened. Amounts in minor units, as they are stored. */
export function describeEvent(event: GavelEvent): string {
  switch (event.type) {
    case 'AuctionCreated':
      return `${event.data.title}, ${event.data.currency}`;
    case 'LotAdded':
      return `lot ${event.data.ordinal} ${event.data.lotId}: ${event.data.terms.title}`;
    case 'AuctionStarted':
      return `at ${toIso(event.data.startedAt)}`;
    case 'LotSettled':
      return `lot ${event.data.result.lotId} ${event.data.result.state} ${saleOf(event.data.result)}`;
    case 'AuctionEnding':
      return `at ${toIso(event.data.endingAt)}`;
    case 'AuctionEnded':
      return `${event.data.results.length} lots, ${event.data.results.filter(({ state }) => state === 'sold').length} sold`;
    case 'AuctionCancelled':
      return `at ${toIso(event.data.cancelledAt)}`;
    case 'LotListed':
      return describeTerms(event.data.terms);
    case 'LotOpened':
      return `closes ${event.data.closesAt === null ? 'by hand' : toIso(event.data.closesAt)}`;
    case 'BidPlaced':
      return describeBid(event.data);
    case 'BiddingExtended':
      return `closes ${toIso(event.data.closesAt)}, extension ${event.data.extension} by ${event.data.cause}`;
    case 'ReserveLowered':
      return `reserve ${event.data.reserve}`;
    case 'BidArrivedLate':
      return `${event.data.bidderId} ${event.data.amount}, accepted ${toIso(event.data.acceptedAt)}`;
    case 'ItemBought':
      return `${event.data.buyerId} ${event.data.quantity} at ${event.data.price}, ${event.data.available} left`;
    case 'OutOfStock':
      return 'nothing left';
    case 'LotClosed':
      return `at ${toIso(event.data.closedAt)}, ${event.data.reason}`;
    case 'LotSold':
      return saleOf(event.data);
    case 'LotPassed':
      return event.data.reason;
    case 'LotWithdrawn':
      return `at ${toIso(event.data.withdrawnAt)}`;
    case 'VehicleClaimed':
      return `by lot ${event.data.lotId}`;
    case 'VehicleReleased':
      return `by lot ${event.data.lotId}`;
    case 'KeyIssued':
      return `${event.data.role} ${event.data.subject}`;
    case 'KeyRevoked':
      return `key ${event.data.keyId}`;
    case 'WebhookSubscribed':
      return `${event.data.partner} at ${event.data.url}`;
    case 'WebhookSecretRotated':
      return `secret ${event.data.generation}, the one before until ${toIso(event.data.previousUntil)}`;
    case 'WebhookDisabled':
      return `${event.data.reason}: ${event.data.detail}`;
    case 'WebhookEnabled':
      return `at ${toIso(event.data.enabledAt)}`;
    case 'WebhookDeleted':
      return `webhook ${event.data.webhookId}`;
    default:
      return assertNever(event);
  }
}

const saleOf = ({ winnerId, amount }: { winnerId: string | null; amount: number | null }): string =>
  winnerId === null ? '' : `to ${winnerId} for ${amount}`;

function describeBid({ sequence, bidderId, amount, outcome, price }: EventOf<typeof BidPlaced>['data']): string {
  return `#${sequence} ${bidderId} ${amount}: ${outcome}, price ${price ?? '-'}`;
}

function describeTerms({ title, bidPolicy, currency, startingBid, reserve, buyNow }: LotTerms): string {
  return [
    `${title}: ${bidPolicy}, ${currency} from ${startingBid}`,
    reserve === null ? '' : `, reserve ${reserve}`,
    buyNow === null ? '' : `, buy now ${buyNow.quantity} at ${buyNow.price}`,
  ].join('');
}
