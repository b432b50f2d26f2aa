import { setImmediate } from 'node:timers/promises';
import type { AuctionSummary } from '#contracts/http/auctions.js';
import type { Page } from '#contracts/http/pages.js';
import { toIsoOrNull } from '#contracts/time.js';
import type { ReadModels } from '#read-models/read-models.js';
import { CREATED_AUCTIONS } from '#read-models/row-keys.js';
import type { AuctionRow } from '#read-models/rows.js';
import { cursorOf } from './list-cursor.js';

const RESULTS_A_PAGE = 5_000;
/** Auctions looked at for one page of a search: one that finds little answers early, with the cursor to go on from. */
const SEARCHED_A_PAGE = 5_000;
/** In one turn of the event loop. */
const SEARCHED_A_TURN = 20;

export interface WantedAuctions {
  readonly limit: number;
  readonly descending: boolean;
  /** The key of the listing behind which the page begins. */
  readonly after: string | undefined;
  isWanted(row: AuctionRow): boolean;
}

/** Auctions in the order of their creation, which is that of the listings. */
export async function auctionPage(
  { listings, auctions }: Pick<ReadModels, 'listings' | 'auctions'>,
  { limit, descending, isWanted, ...wanted }: WantedAuctions,
): Promise<Page<AuctionSummary>> {
  let { after } = wanted;
  const next = () =>
    listings.scan({ prefix: CREATED_AUCTIONS, limit: 1, descending, ...(after !== undefined && { after }) })[0];
  const items: AuctionSummary[] = [];
  let results = 0;
  // In small steps, so that others get their turn; results without end would make a page without end.
  for (
    let searched = 1;
    items.length < limit && results < RESULTS_A_PAGE && searched <= SEARCHED_A_PAGE;
    searched += 1
  ) {
    const found = next();
    const row = found === undefined ? null : auctions.get(found.row.auctionId);
    // An auction that the other read model does not have yet is among the newest: oldest first, the list ends in front of it.
    if (found === undefined || (row === null && !descending)) return { items, nextCursor: null };
    after = found.key;
    if (row !== null && isWanted(row)) {
      items.push(auctionSummary(row));
      results += row.results?.length ?? 0;
    }
    if (searched % SEARCHED_A_TURN === 0 || results > 0) await setImmediate();
  }
  return { items, nextCursor: after !== undefined && next() !== undefined ? cursorOf(after) : null };
}

export const auctionSummary = (row: AuctionRow): AuctionSummary => ({
  auctionId: row.auctionId,
  title: row.title,
  state: row.phase,
  currency: row.currency,
  opensAt: toIsoOrNull(row.opensAt),
  closesAt: toIsoOrNull(row.closesAt),
  lotCount: row.lotCount,
  results: row.results && [...row.results],
  position: row.position,
});
