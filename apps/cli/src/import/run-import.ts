import { BidderKeys } from './bidder-keys.js';
import type { GavelClient } from './gavel-client.js';
import type { IdempotencyKeys } from './idempotency-keys.js';
import { type ImportContext, type ImportedAuction, importAuction } from './import-auction.js';
import { inParallel } from './in-parallel.js';
import type { RecordedAuction, RecordedAuctions } from './recorded-auction.js';
import { type Reserves, reserveOf } from './reserves.js';

export interface ImportPlan {
  readonly recorded: RecordedAuctions;
  readonly reserves: Reserves;
  readonly idempotencyKeys: IdempotencyKeys;
  /** Auctions that are imported at the same time. */
  readonly concurrency: number;
}

/** Imports every auction and answers in their order. Rejects with the first Failure, once nothing is under way any more. */
export async function runImport(
  plan: ImportPlan,
  client: GavelClient,
  adminKey: string,
  onBid: () => void,
): Promise<ImportedAuction[]> {
  const { recorded, reserves, idempotencyKeys, concurrency } = plan;
  const bidderKeys = new BidderKeys(client, adminKey);
  const context: ImportContext = { client, adminKey, bidderKeys, idempotencyKeys, file: recorded.file, onBid };
  const stop = () => client.stop();
  const one = (auction: RecordedAuction) => importAuction(context, auction, reserveOf(reserves, auction));
  const imported = await inParallel(recorded.auctions, concurrency, one, stop);
  await inParallel(await bidderKeys.ids(), concurrency, (keyId) => bidderKeys.revoke(keyId), stop);
  return imported;
}
