import { assertNever } from '#contracts/assert-never.js';
import type { AuctionEvent } from '#contracts/events/auction-events.js';
import { type Decider, type Decision, refused } from '../decider.js';
import { type AddLot, addLot } from './add-lot.js';
import { type AuctionState, evolve, notCreated } from './auction.js';
import { type CancelAuction, cancelAuction } from './cancel-auction.js';
import { type CreateAuction, createAuction } from './create-auction.js';
import { type EndAuction, endAuction } from './end-auction.js';
import { type SettleLot, settleLot } from './settle-lot.js';
import { type StartAuction, startAuction } from './start-auction.js';

export type AuctionCommand = CreateAuction | AddLot | StartAuction | EndAuction | SettleLot | CancelAuction;

function decide(command: AuctionCommand, state: AuctionState): Decision<AuctionEvent> {
  if (command.type === 'CreateAuction') return createAuction(command, state);
  if (state.phase === 'not-created') return refused({ code: 'auction-not-found' });
  switch (command.type) {
    case 'AddLot':
      return addLot(command, state);
    case 'StartAuction':
      return startAuction(command, state);
    case 'EndAuction':
      return endAuction(command, state);
    case 'SettleLot':
      return settleLot(command, state);
    case 'CancelAuction':
      return cancelAuction(command, state);
    default:
      return assertNever(command);
  }
}

export const auctionDecider: Decider<AuctionState, AuctionCommand, AuctionEvent> = {
  initial: notCreated,
  decide,
  evolve,
};
