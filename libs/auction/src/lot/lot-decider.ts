import { assertNever } from '#contracts/assert-never.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { type Decider, type Decision, refused } from '../decider.js';
import { type BuyNow, buyNow } from './buy-now.js';
import { type CloseLot, closeLot } from './close-lot.js';
import { evolve } from './evolve.js';
import { type ExtendWithGroup, extendWithGroup } from './extend-with-group.js';
import { type ListLot, listLot } from './list-lot.js';
import { type LotState, notListed } from './lot.js';
import { type LowerReserve, lowerReserve } from './lower-reserve.js';
import { type OpenLot, openLot } from './open-lot.js';
import { type PlaceBid, placeBid } from './place-bid.js';
import { type WithdrawLot, withdrawLot } from './withdraw-lot.js';

export type LotCommand =
  | ListLot
  | OpenLot
  | PlaceBid
  | BuyNow
  | CloseLot
  | WithdrawLot
  | LowerReserve
  | ExtendWithGroup;

function decide(command: LotCommand, state: LotState): Decision<LotEvent> {
  if (command.type === 'ListLot') return listLot(command, state);
  if (state.phase === 'not-listed') return refused({ code: 'lot-not-found' });
  switch (command.type) {
    case 'PlaceBid':
      return placeBid(command, state);
    case 'BuyNow':
      return buyNow(command, state);
    case 'OpenLot':
      return openLot(command, state);
    case 'CloseLot':
      return closeLot(command, state);
    case 'WithdrawLot':
      return withdrawLot(command, state);
    case 'LowerReserve':
      return lowerReserve(command, state);
    case 'ExtendWithGroup':
      return extendWithGroup(command, state);
    default:
      return assertNever(command);
  }
}

export const lotDecider: Decider<LotState, LotCommand, LotEvent> = { initial: notListed, decide, evolve };
