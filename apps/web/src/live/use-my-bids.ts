import type { MyBidView } from '#contracts/http/lots.js';
import type { Page } from '#contracts/http/pages.js';
import { useMe } from '../api/session.js';
import { type Resource, useResource } from '../api/use-resource.js';
import { lotStore } from './lot-store.js';

/** The newest bids of a bidder are enough to know where they stand in what they look at. */
const NEWEST_BIDS = 500;

/** The bidder's own bids, the newest first; the store of lots is told where they stand. For others than bidders, nothing. */
export function useMyBids(): Resource<Page<MyBidView>> {
  const { role } = useMe();
  return useResource<Page<MyBidView>>(role === 'bidder' ? `/api/me/bids?limit=${NEWEST_BIDS}` : null, {
    onData: ({ items }) => lotStore.putMyBids(items),
  });
}
