import { uuidV7 } from '#platform/uuid.js';
import type { LotWriter } from '../../../apps/server/src/writers.js';
import { context } from './open-lots.js';

/** Above every amount that a store was filled with: each bid leads. */
export const LEADING_FROM = 10_000_000;

export interface BidToPlace {
  readonly lotId: string;
  readonly bidderId: string;
  readonly amount: number;
}

/** A bid as a route hands it over. Rejects unless it is recorded. */
export async function placeBid(lots: LotWriter, { lotId, bidderId, amount }: BidToPlace): Promise<void> {
  const command = { type: 'PlaceBid', bidId: uuidV7(), bidderId, amount, acceptedAt: Date.now() } as const;
  const outcome = await lots.execute(lotId, command, context(`bidder:${bidderId}`));
  if (outcome.kind !== 'accepted') throw new Error(`a bid was not recorded: ${JSON.stringify(outcome)}`);
}
