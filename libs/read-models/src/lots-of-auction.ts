import { MAX_LOTS } from '#auction/auction/auction.js';
import type { ReadModel } from './read-model.js';
import { lotsOfAuction } from './row-keys.js';
import type { ListingRow } from './rows.js';

/** The ids of the listed lots of an auction, in their order. */
export const lotIdsOf = (listings: ReadModel<ListingRow>, auctionId: string): readonly string[] =>
  listings
    .scan({ prefix: lotsOfAuction(auctionId), limit: MAX_LOTS })
    .flatMap(({ row }) => ('lotId' in row ? [row.lotId] : []));
