import { setImmediate } from 'node:timers/promises';
import type { AuctionHead } from '#contracts/http/auctions.js';
import type { AliasOf } from '#contracts/public-events/public-event-of.js';
import { toIsoOrNull } from '#contracts/time.js';
import { lotIdsOf } from '#read-models/lots-of-auction.js';
import type { ReadModels } from '#read-models/read-models.js';
import type { AuctionRow, LotRow } from '#read-models/rows.js';

/** An auction may have thousands of lots: so many are read and written in one turn of the event loop. */
const LOTS_A_TURN = 100;

/** An auction without its lots. */
export const auctionHead = (row: AuctionRow, nameOf: AliasOf): AuctionHead => ({
  auctionId: row.auctionId,
  title: row.title,
  state: row.phase,
  currency: row.currency,
  opensAt: toIsoOrNull(row.opensAt),
  closesAt: toIsoOrNull(row.closesAt),
  lotCount: row.lotCount,
  results:
    row.results?.map((each) => ({ ...each, winnerId: each.winnerId && nameOf(each.winnerId, row.auctionId) })) ?? null,
  position: row.position,
});

/** The auction with its lots in their order, each as `view` shows it: as JSON, which is not written in one go either. */
export async function auctionJson(
  head: AuctionHead,
  { listings, lots }: Pick<ReadModels, 'listings' | 'lots'>,
  view: (row: LotRow) => object,
): Promise<string> {
  const shown: string[] = [];
  for (const [i, lotId] of lotIdsOf(listings, head.auctionId).entries()) {
    const row = lots.get(lotId);
    if (row !== null) shown.push(JSON.stringify(view(row)));
    if (i % LOTS_A_TURN === LOTS_A_TURN - 1) await setImmediate();
  }
  return `${JSON.stringify(head).slice(0, -1)},"lots":[${shown.join(',')}]}`;
}
