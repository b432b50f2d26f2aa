import { createHash } from 'node:crypto';
import type { Reserves } from './reserves.js';

/**
 * The Idempotency-Key of every command of an import, the same in every run: a run that goes on after a break repeats what was
 * done under the same keys and gets the same ids and answers, so nothing is done twice and no progress has to be kept.
 */
export class IdempotencyKeys {
  /** `name` tells one import from another: by default the digest of the file and its reserves. */
  constructor(readonly name: string) {}

  /** Key of what happens once in an auction. */
  of(auctionId: string, step: 'create' | 'add-lot' | 'start' | 'end'): string {
    return this.digest(auctionId, step);
  }

  /** Key of a bid; `ordinal` is its place in the order of arrival. */
  ofBid(auctionId: string, ordinal: number): string {
    return this.digest(auctionId, 'bid', ordinal);
  }

  /** Ids from a file may hold any character, a header may not. */
  private digest(...parts: readonly (string | number)[]): string {
    return createHash('sha256')
      .update(JSON.stringify(['gavel import', this.name, ...parts]))
      .digest('hex');
  }
}

/** Two imports are the same when they would send the same: the same bytes with the same reserves. */
export function nameByContent(fileDigest: string, reserves: Reserves): string {
  const sorted = [...reserves].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([fileDigest, sorted]))
    .digest('hex');
}
