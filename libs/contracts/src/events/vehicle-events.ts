import { AuctionId, LotId } from '../ids.js';
import { LotOffer, Vin } from '../terms.js';
import { defineEvent, type EventOf } from './define-event.js';

export const VehicleClaimed = defineEvent({
  type: 'VehicleClaimed',
  stream: 'vehicle',
  meaning: 'A vehicle is promised to one lot; carries the lot, so that adding it can be completed after a crash.',
  data: { vin: Vin, lotId: LotId, auctionId: AuctionId, offer: LotOffer },
});

export const VehicleReleased = defineEvent({
  type: 'VehicleReleased',
  stream: 'vehicle',
  meaning: 'The lot is settled or was never added: the vehicle may be offered again.',
  data: { vin: Vin, lotId: LotId },
});

export const vehicleEvents = [VehicleClaimed, VehicleReleased] as const;
export type VehicleEvent = EventOf<(typeof vehicleEvents)[number]>;
