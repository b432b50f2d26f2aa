import Type, { type Static } from 'typebox';
import { LotId } from '../ids.js';
import { Literals } from '../literals.js';
import { Money, PositiveMoney } from '../money.js';
import { nullOr, scalarOrNull } from '../null-or.js';
import { BidPolicy, Vehicle } from '../terms.js';
import { IsoTime } from '../time.js';
import { definePublicEvent, type PublicEventDefinition, type PublicEventOf } from './define-public-event.js';

/*
 * What partners see. Whatever is not named here stays inside: reserves, maxima, who somebody is, who acted. A field is added only
 * with the question what it tells about those.
 */

/** Stands for a bidder or buyer: the same within one auction, another one in the next. */
export const Alias = Type.String({
  pattern: '^bidder-[A-Za-z0-9_-]{22}$',
  minLength: 29,
  maxLength: 29,
  description: 'Stands for a bidder: the same in all of one auction, another one in every other auction',
});

const lot = { lotId: LotId };
const title = Type.String({ minLength: 1, maxLength: 300, description: 'What it is called' });
const currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });

export const PublicLotResult = Type.Object({
  ...lot,
  state: Literals(['sold', 'passed', 'withdrawn'], { description: 'passed: closed without a winner' }),
  winnerId: scalarOrNull(Alias),
  amount: scalarOrNull(Money),
});
export type PublicLotResult = Static<typeof PublicLotResult>;

export const publicCatalogue = [
  definePublicEvent({
    type: 'AuctionCreated',
    meaning: 'An auction exists; it takes lots.',
    payload: { title, currency, opensAt: scalarOrNull(IsoTime), closesAt: scalarOrNull(IsoTime) },
  }),
  definePublicEvent({
    type: 'LotListed',
    meaning: 'A lot exists, with the terms that anybody may see.',
    payload: {
      ...lot,
      ordinal: Type.Integer({ minimum: 1, description: 'Place in the auction, from 1' }),
      title,
      startingBid: Money,
      bidPolicy: BidPolicy,
      currency,
      closesAt: scalarOrNull(IsoTime),
      buyNow: nullOr(
        Type.Object({ price: PositiveMoney, quantity: Type.Integer({ minimum: 1, description: 'Units offered' }) }),
      ),
      vehicle: nullOr(Type.Object({ ...Vehicle.properties })),
    },
  }),
  definePublicEvent({ type: 'AuctionStarted', meaning: 'Its lots take bids.', payload: {} }),
  definePublicEvent({
    type: 'BidPlaced',
    meaning:
      'A bid was recorded, whatever its amount. Under `open` the amount is what was bid; under `proxy`, where a bid is a hidden ' +
      'maximum, it is the visible price behind the bid.',
    payload: {
      ...lot,
      bidderId: Alias,
      amount: scalarOrNull({
        ...Money,
        description: 'Minor units: 17750 is 177.50. Null under `proxy` while no bid has reached the starting bid',
      } as typeof Money),
      sequence: Type.Integer({ minimum: 1, description: 'Arrival number in the lot; unique, rising, may have gaps' }),
      isCurrentlyHighest: Type.Boolean({ description: 'Whether its bidder led right behind this bid' }),
      currentHighestBid: scalarOrNull({
        ...Money,
        description: 'The visible price behind this bid, minor units; null while no bid is valid',
      } as typeof Money),
    },
  }),
  definePublicEvent({
    type: 'BiddingExtended',
    meaning: 'The end of a lot moved later.',
    payload: { ...lot, closesAt: IsoTime },
  }),
  definePublicEvent({
    type: 'ItemBought',
    meaning: 'Units were bought at the fixed price.',
    payload: {
      ...lot,
      buyerId: Alias,
      quantity: Type.Integer({ minimum: 1, description: 'Units bought' }),
      price: Type.Integer({ minimum: 1, description: 'Of one unit, in minor units' }),
      available: Type.Integer({ minimum: 0, description: 'Units left after this purchase' }),
    },
  }),
  definePublicEvent({ type: 'OutOfStock', meaning: 'The last unit was bought.', payload: lot }),
  definePublicEvent({
    type: 'LotSold',
    meaning: 'The lot has a winner; null for a fixed-price lot of several units, whose buyers stand in ItemBought.',
    payload: { ...lot, winnerId: scalarOrNull(Alias), amount: scalarOrNull(Money) },
  }),
  definePublicEvent({ type: 'LotPassed', meaning: 'The lot closed without a winner.', payload: lot }),
  definePublicEvent({
    type: 'LotWithdrawn',
    meaning: 'The lot was taken out of the auction before it closed.',
    payload: lot,
  }),
  definePublicEvent({
    type: 'AuctionEnded',
    meaning: 'Every lot is settled; the results are final.',
    payload: {
      winnerId: scalarOrNull({ ...Alias, description: 'Of an auction of one lot, else null' } as typeof Alias),
      finalAmount: scalarOrNull({
        ...Money,
        description: 'Of an auction of one lot, in minor units, else null',
      } as typeof Money),
      results: Type.Array(PublicLotResult, { description: 'In the order of the lots' }),
    },
  }),
  definePublicEvent({
    type: 'AuctionCancelled',
    meaning: 'The auction was called off; its lots that are not settled are withdrawn.',
    payload: {},
  }),
] as const;

/** `{eventId, eventType, auctionId, timestamp, payload}`, told apart by `eventType`. */
export type PublicEvent = PublicEventOf<(typeof publicCatalogue)[number]>;
export type PublicEventType = PublicEvent['eventType'];

export const publicDefinitions = publicCatalogue as unknown as readonly PublicEventDefinition[];
export const publicEventTypes: readonly PublicEventType[] = publicCatalogue.map(({ type }) => type);
