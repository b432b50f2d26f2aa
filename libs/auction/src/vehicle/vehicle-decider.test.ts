import type { VehicleEvent } from '#contracts/events/vehicle-events.js';
import { CREATED, lotOffer, nthLot } from '#testing/auction-builders.js';
import { spec } from '#testing/decider-spec.js';
import { auctionId } from '#testing/lot-builders.js';
import { type ClaimVehicle, type ReleaseVehicle, vehicleDecider } from './vehicle-decider.js';

const vehicle = spec(vehicleDecider);
const vin = '1HGCM82633A004352';
const offer = lotOffer({ vehicle: { vin, make: 'Honda', model: 'Accord', year: 2003, mileage: 98_000 } });
const claim = (n: number): ClaimVehicle => ({
  type: 'ClaimVehicle',
  vin,
  lotId: nthLot(n),
  auctionId,
  offer,
  ifRevisions: null,
  at: CREATED,
});
const release = (n: number): ReleaseVehicle => ({ type: 'ReleaseVehicle', lotId: nthLot(n) });
const claimed = (n: number): VehicleEvent => ({
  type: 'VehicleClaimed',
  data: { vin, lotId: nthLot(n), auctionId, offer, ifRevisions: null },
});
const released = (n: number): VehicleEvent => ({ type: 'VehicleReleased', data: { vin, lotId: nthLot(n) } });

describe('claiming a vehicle', () => {
  it('promises it to one lot, and carries that lot', () => {
    vehicle
      .given([])
      .when(claim(1))
      .thenRecorded([claimed(1)]);
  });

  it('changes nothing for the lot that has it', () => {
    vehicle
      .given([claimed(1)])
      .when(claim(1))
      .thenUnchanged();
  });

  it('is refused for a second lot, which is told the first', () => {
    vehicle
      .given([claimed(1)])
      .when(claim(2))
      .thenRefused({ code: 'vehicle-already-listed', lotId: nthLot(1) });
  });

  it('is possible for another lot after its release', () => {
    vehicle
      .given([claimed(1), released(1)])
      .when(claim(2))
      .thenRecorded([claimed(2)]);
  });

  it.each([
    ['is free', []],
    ['went to another lot', [claimed(2)]],
  ])('by a late repeat of a lot that had it before does not take it again when it %s', (_, later) => {
    vehicle
      .given([claimed(1), released(1), ...later])
      .when(claim(1))
      .thenUnchanged();
  });
});

describe('releasing a vehicle', () => {
  it('makes it free', () => {
    vehicle
      .given([claimed(1)])
      .when(release(1))
      .thenRecorded([released(1)]);
  });

  it.each([
    ['nobody ever had', []],
    ['is free again', [claimed(1), released(1)]],
    ['another lot has', [claimed(2)]],
  ])('changes nothing for a vehicle that %s', (_, history) => {
    vehicle.given(history).when(release(1)).thenUnchanged();
  });
});
