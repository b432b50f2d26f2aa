import { assertNever } from '#contracts/assert-never.js';
import type { VehicleEvent } from '#contracts/events/vehicle-events.js';
import type { LotOffer } from '#contracts/terms.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decider, type Decision, refused, unchanged } from '../decider.js';

/** Promises a vehicle to one lot, before the lot is added to its auction. */
export interface ClaimVehicle {
  readonly type: 'ClaimVehicle';
  readonly vin: string;
  readonly lotId: string;
  readonly auctionId: string;
  readonly offer: LotOffer;
  /** Of the auction, one of which it must be at when the lot is added; null: any. */
  readonly ifRevisions: readonly number[] | null;
  readonly at: EpochMs;
}

/** The lot is settled, or could not be added. */
export interface ReleaseVehicle {
  readonly type: 'ReleaseVehicle';
  readonly lotId: string;
}

export type VehicleCommand = ClaimVehicle | ReleaseVehicle;

/** `seen` are the lots that held the vehicle before: a late repeat of their claim does not take it again. */
export type VehicleState =
  | { readonly phase: 'free'; readonly seen: readonly string[] }
  | { readonly phase: 'claimed'; readonly vin: string; readonly lotId: string; readonly seen: readonly string[] };

/** One VIN stands in at most one lot that is not settled. */
function decide(command: VehicleCommand, state: VehicleState): Decision<VehicleEvent> {
  switch (command.type) {
    case 'ClaimVehicle': {
      const { type: _, at, ifRevisions, ...rest } = command;
      const data = { ...rest, ifRevisions: ifRevisions && [...ifRevisions] };
      if (state.seen.includes(command.lotId)) return unchanged;
      const { closesAt } = command.offer;
      if (closesAt !== null && closesAt <= at) return refused({ code: 'time-passed', field: 'closesAt' });
      if (state.phase === 'claimed') return refused({ code: 'vehicle-already-listed', lotId: state.lotId });
      return accepted({ type: 'VehicleClaimed', data });
    }
    case 'ReleaseVehicle':
      if (state.phase === 'free' || state.lotId !== command.lotId) return unchanged;
      return accepted({ type: 'VehicleReleased', data: { vin: state.vin, lotId: state.lotId } });
    default:
      return assertNever(command);
  }
}

function evolve(state: VehicleState, event: VehicleEvent): VehicleState {
  switch (event.type) {
    case 'VehicleClaimed': {
      const { vin, lotId } = event.data;
      return { phase: 'claimed', vin, lotId, seen: [...state.seen, lotId] };
    }
    case 'VehicleReleased':
      return { phase: 'free', seen: state.seen };
    default:
      return assertNever(event);
  }
}

export const vehicleDecider: Decider<VehicleState, VehicleCommand, VehicleEvent> = {
  initial: { phase: 'free', seen: [] },
  decide,
  evolve,
};
