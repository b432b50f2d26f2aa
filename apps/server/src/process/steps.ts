import type { EventType } from '#contracts/events/catalogue.js';
import { auctionStream, lotStream, vehicleStream } from '#contracts/ids.js';
import type { StoredEvent } from '#read-models/projection.js';
import type { Carrier } from './carrier.js';

/** The events that ask for something in another stream. */
export const DECISIONS = [
  'VehicleClaimed',
  'LotAdded',
  'AuctionStarted',
  'AuctionEnding',
  'AuctionCancelled',
  'BiddingExtended',
  'LotSold',
  'LotPassed',
  'LotWithdrawn',
] as const satisfies readonly EventType[];

/** Carried by the request itself, before it is answered. */
export const CARRIED_BY_REQUEST: ReadonlySet<string> = new Set<EventType>([
  'VehicleClaimed',
  'LotAdded',
  'AuctionStarted',
  'AuctionEnding',
  'AuctionCancelled',
]);

/** What one decision asks for. It may be repeated at any time, and steps may be taken in any order: the streams say what is still to do. */
export interface Step {
  /** The stream of the decision, for those who look why it cannot be carried on. */
  readonly stream: string;
  take(): Promise<unknown>;
}

/** Lots that were added to one auction are one step: a large auction would be read again for each of its lots. */
export function stepsOf(batch: readonly StoredEvent[], carrier: Carrier): Step[] {
  const added = new Map<string, string[]>();
  const steps: Step[] = [];
  for (const event of batch) {
    if (event.type === 'LotAdded') {
      const { auctionId, lotId } = event.data;
      const lotIds = added.get(auctionId) ?? [];
      lotIds.push(lotId);
      added.set(auctionId, lotIds);
    } else {
      const step = stepOf(event, carrier);
      if (step !== null) steps.push(step);
    }
  }
  for (const [auctionId, lotIds] of added) {
    steps.push({ stream: auctionStream(auctionId), take: () => carrier.carryAddedLots(auctionId, lotIds) });
  }
  return steps;
}

/** Null: the event concerns its own stream alone. */
function stepOf(event: StoredEvent, carrier: Carrier): Step | null {
  switch (event.type) {
    case 'VehicleClaimed':
      return {
        stream: vehicleStream(event.data.vin),
        take: () => carrier.completeClaim(event.data, event.metadata),
      };
    case 'AuctionStarted':
    case 'AuctionEnding':
    case 'AuctionCancelled': {
      const { auctionId } = event.data;
      return { stream: auctionStream(auctionId), take: () => carrier.carryAuction(auctionId) };
    }
    case 'BiddingExtended':
      if (event.data.cause !== 'bid') return null;
      return { stream: lotStream(event.data.lotId), take: () => carrier.extendGroup(event) };
    case 'LotSold':
    case 'LotPassed':
    case 'LotWithdrawn': {
      const { lotId } = event.data;
      return { stream: lotStream(lotId), take: () => carrier.settle(lotId) };
    }
    default:
      return null;
  }
}
