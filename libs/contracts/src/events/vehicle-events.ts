import Type from 'typebox';
import { AuctionId, LotId } from '../ids.js';
import { nullOr } from '../null-or.js';
import { LotOffer, Vin } from '../terms.js';
import { defineEvent, type EventOf } from './define-event.js';

export const VehicleClaimed = defineEvent({
  type: 'VehicleClaimed',
  stream: 'vehicle',
  version: 2,
  // Version 1 knew no condition.
  upcasters: [(data) => ({ ...(data as object), ifRevisions: null })],
  meaning: 'A vehicle is promised to one lot; carries the lot, so that adding it can be completed after a crash.',
  data: {
    vin: Vin,
    lotId: LotId,
    auctionId: AuctionId,
    offer: LotOffer,
    ifRevisions: nullOr(
      Type.Array(Type.Integer({ minimum: 0 }), {
        maxItems: 10_000,
        description: 'The lot is added only while the auction is at one of these; null: at any',
      }),
    ),
  },
});

export const VehicleReleased = defineEvent({
  type: 'VehicleReleased',
  stream: 'vehicle',
  meaning: 'The lot is settled or was never added: the vehicle may be offered again.',
  data: { vin: Vin, lotId: LotId },
});

export const vehicleEvents = [VehicleClaimed, VehicleReleased] as const;
export type VehicleEvent = EventOf<(typeof vehicleEvents)[number]>;
