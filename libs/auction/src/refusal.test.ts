import {
  addLot,
  auctionCancelled,
  auctionCreated,
  auctionEnding,
  CREATED,
  lotAdded,
  lotOffer,
  nthLot,
} from '#testing/auction-builders.js';
import { fold } from '#testing/decider-spec.js';
import {
  auctionId,
  bidPlaced,
  buyNow,
  closeAtTheEnd,
  closed,
  itemBought,
  listed,
  OPENS,
  opened,
  passed,
  placeBid,
} from '#testing/lot-builders.js';
import { MAX_LOTS } from './auction/auction.js';
import { auctionDecider } from './auction/auction-decider.js';
import type { Decision } from './decider.js';
import { lotDecider } from './lot/lot-decider.js';
import type { RefusalCode } from './refusal.js';
import { vehicleDecider } from './vehicle/vehicle-decider.js';

type Decided = Decision<unknown>;
const ofAuction = (history: Parameters<typeof auctionDecider.evolve>[1][]) => fold(auctionDecider, history);
const ofLot = (history: Parameters<typeof lotDecider.evolve>[1][]) => fold(lotDecider, history);
const early = { ...closeAtTheEnd, at: OPENS };
const lower = (reserve: number) => ({ type: 'LowerReserve', reserve, at: OPENS + 2 }) as const;
const twoUnits = { buyNow: { price: 500, quantity: 2, limitPerBuyer: 1 } };
const claim = (n: number) =>
  ({
    type: 'ClaimVehicle',
    vin: '1HGCM82633A004352',
    lotId: nthLot(n),
    auctionId,
    offer: lotOffer(),
    ifRevisions: null,
    at: OPENS,
  }) as const;
const full = [auctionCreated(), ...Array.from({ length: MAX_LOTS }, (_, i) => lotAdded(i + 1))];

/** One way to each refusal of the domain: the compiler asks for a new one. Those of keys and webhooks have tests of their own. */
const refusals: Record<Exclude<RefusalCode, 'key-not-found' | 'webhook-not-found'>, Decided> = {
  'auction-not-found': auctionDecider.decide(addLot(1), auctionDecider.initial),
  'auction-not-started': auctionDecider.decide(
    { type: 'EndAuction', reason: 'auctioneer', at: OPENS },
    ofAuction([auctionCreated()]),
  ),
  'auction-ended': auctionDecider.decide(addLot(1), ofAuction([auctionCreated(), auctionEnding(OPENS)])),
  'auction-cancelled': auctionDecider.decide(addLot(1), ofAuction([auctionCreated(), auctionCancelled(OPENS)])),
  'time-passed': auctionDecider.decide(addLot(1, { closesAt: CREATED }), ofAuction([auctionCreated()])),
  'auction-full': auctionDecider.decide(addLot(MAX_LOTS + 1), ofAuction(full)),
  'lot-not-found': lotDecider.decide(placeBid('ann', 2_000), lotDecider.initial),
  'lot-not-open': lotDecider.decide(placeBid('ann', 2_000), ofLot([listed()])),
  'lot-closed': lotDecider.decide(buyNow('ann'), ofLot([...opened(twoUnits), closed(), passed('nothing-bought')])),
  'lot-not-due': lotDecider.decide(early, ofLot(opened())),
  'bidding-not-offered': lotDecider.decide(placeBid('ann', 2_000), ofLot(opened(twoUnits))),
  'buy-now-not-offered': lotDecider.decide(buyNow('ann'), ofLot(opened())),
  'buy-now-ended': lotDecider.decide(
    buyNow('ann'),
    ofLot([...opened({ buyNow: { price: 5_000, quantity: 1 } }), bidPlaced('bob', 2_000)]),
  ),
  'sold-out': lotDecider.decide(buyNow('ann'), ofLot([...opened(twoUnits), itemBought('bob', 2, 500, 0)])),
  'insufficient-stock': lotDecider.decide(buyNow('ann', 3), ofLot(opened(twoUnits))),
  'purchase-limit-exceeded': lotDecider.decide(buyNow('ann', 2), ofLot(opened(twoUnits))),
  'no-reserve': lotDecider.decide(lower(1), ofLot(opened())),
  'reserve-already-met': lotDecider.decide(lower(1), ofLot([...opened({ reserve: 2_000 }), bidPlaced('ann', 2_000)])),
  'reserve-not-lowered': lotDecider.decide(lower(2_001), ofLot(opened({ reserve: 2_000 }))),
  'vehicle-already-listed': vehicleDecider.decide(
    claim(2),
    fold(vehicleDecider, [{ type: 'VehicleClaimed', data: claim(1) }]),
  ),
};

describe('every refusal of the domain can be reached', () => {
  it.each(Object.entries(refusals))('%s', (code, decision) => {
    expect(decision).toMatchObject({ kind: 'refused', refusal: { code } });
  });
});
