import type { LotEvent } from '#contracts/events/lot-events.js';
import type { LotTerms } from '#contracts/terms.js';
import { accepted, type Decision, unchanged } from '../decider.js';
import type { LotState } from './lot.js';

/** Carries the auction's LotAdded to the stream of the lot. */
export interface ListLot {
  readonly type: 'ListLot';
  readonly lotId: string;
  readonly auctionId: string;
  readonly ordinal: number;
  readonly terms: LotTerms;
  readonly extendsAsGroup: boolean;
}

export function listLot(command: ListLot, state: LotState): Decision<LotEvent> {
  if (state.phase !== 'not-listed') return unchanged;
  const { type: _, ...data } = command;
  return accepted({ type: 'LotListed', data });
}
