import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import type { EpochMs } from '#contracts/time.js';
import { type Measures, noMeasures } from './measures.js';
import { minuteOf } from './windows.js';

/** Where something is counted. */
export interface CellKey {
  /** The beginning of the minute of the event. */
  readonly minute: EpochMs;
  readonly auctionId: string;
  /**
   * Set where a single, last unit was bought. Of a lot with one unit beside bidding, LotSold tells the same price once more: only the
   * lot's LotListed, which another layer may have seen, tells whether this revenue counts. Empty elsewhere.
   */
  readonly lastUnitOf: string;
}

export interface Contribution extends CellKey {
  readonly measures: Measures;
}

/** What an event adds to the counts; null: nothing. It depends on nothing but the event. */
export function contributionOf(event: PublicEvent): Contribution | null {
  const counted = countedIn(event);
  if (counted === null) return null;
  const { lastUnitOf = '', ...measures } = counted;
  const minute = minuteOf(Date.parse(event.timestamp));
  return { minute, auctionId: event.auctionId, lastUnitOf, measures: { ...noMeasures, ...measures } };
}

function countedIn({ eventType, payload }: PublicEvent): (Partial<Measures> & { lastUnitOf?: string }) | null {
  switch (eventType) {
    case 'BidPlaced':
      return { bids: 1 };
    case 'BiddingExtended':
      return { extensions: 1 };
    case 'ItemBought': {
      const { lotId, quantity, price, available } = payload;
      const bought = { purchases: quantity, revenue: quantity * price };
      return quantity === 1 && available === 0 ? { ...bought, lastUnitOf: lotId } : bought;
    }
    case 'LotSold':
      return { lotsSold: 1, revenue: payload.amount ?? 0 };
    case 'LotPassed':
      return { lotsPassed: 1 };
    case 'LotWithdrawn':
      return { lotsWithdrawn: 1 };
    default:
      // Also of types that a later version publishes.
      return null;
  }
}
