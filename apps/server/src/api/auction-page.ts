import { setImmediate } from 'node:timers/promises';
import type { AliasOf } from '#contracts/public-events/public-event-of.js';
import type { ReadModels } from '#read-models/read-models.js';
import { CREATED_AUCTIONS } from '#read-models/row-keys.js';
import type { AuctionRow } from '#read-models/rows.js';
import { auctionHead, auctionJson } from './auction-json.js';
import { cursorOf } from './list-cursor.js';
import { lotSummary } from './lot-view.js';

/** A page ends with the auction that brings it so many lots: lots without end would make a page without end. */
const LOTS_A_PAGE = 5_000;
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
  readonly nameOf: AliasOf;
}

/** Auctions with their lots in the order of creation, which is that of the listings: a Page of AuctionSummary as JSON. */
export async function auctionPage(
  models: Pick<ReadModels, 'listings' | 'auctions' | 'lots'>,
  { limit, descending, isWanted, nameOf, ...wanted }: WantedAuctions,
): Promise<string> {
  const { listings, auctions } = models;
  let { after } = wanted;
  const next = () =>
    listings.scan({ prefix: CREATED_AUCTIONS, limit: 1, descending, ...(after !== undefined && { after }) })[0];
  const items: string[] = [];
  let lots = 0;
  // In small steps, so that others get their turn.
  for (let searched = 1; items.length < limit && lots < LOTS_A_PAGE && searched <= SEARCHED_A_PAGE; searched += 1) {
    const found = next();
    const row = found === undefined ? null : auctions.get(found.row.auctionId);
    // An auction that the other read model does not have yet is among the newest: oldest first, the list ends in front of it.
    if (found === undefined || (row === null && !descending)) return pageJson(items, null);
    after = found.key;
    if (row !== null && isWanted(row)) {
      items.push(await auctionJson(auctionHead(row, nameOf), models, ({ lot }) => lotSummary(lot)));
      lots += row.lotCount;
    }
    if (searched % SEARCHED_A_TURN === 0 || lots > 0) await setImmediate();
  }
  return pageJson(items, after !== undefined && next() !== undefined ? cursorOf(after) : null);
}

const pageJson = (items: readonly string[], nextCursor: string | null): string =>
  `{"items":[${items.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`;
