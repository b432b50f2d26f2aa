import type { AuctionEvent, Stagger } from '#contracts/events/auction-events.js';
import type { EpochMs } from '#contracts/time.js';
import { accepted, type Decision, refused, unchanged } from '../decider.js';
import type { AuctionState } from './auction.js';

export interface CreateAuction {
  readonly type: 'CreateAuction';
  readonly auctionId: string;
  readonly title: string;
  readonly currency: string;
  readonly opensAt: EpochMs | null;
  readonly closesAt: EpochMs | null;
  readonly stagger: Stagger | null;
  readonly at: EpochMs;
}

export function createAuction(command: CreateAuction, state: AuctionState): Decision<AuctionEvent> {
  if (state.phase !== 'not-created') return unchanged;
  const { type: _, at: createdAt, ...data } = command;
  for (const field of ['opensAt', 'closesAt'] as const) {
    const time = data[field];
    if (time !== null && time <= createdAt) return refused({ code: 'time-passed', field });
  }
  return accepted({ type: 'AuctionCreated', data: { ...data, createdAt } });
}
