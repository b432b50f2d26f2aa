import type { MyBidView } from '#contracts/http/lots.js';
import type { Page } from '#contracts/http/pages.js';
import { useSession } from '../api/session.js';
import { useResource } from '../api/use-resource.js';
import { lotStore } from './lot-store.js';

/** The newest bids of a bidder are enough to know where they stand in what they look at. */
const NEWEST_BIDS = 500;

/** Tells the store of lots where the user stands; for others than bidders, nothing. */
export function useMyStandings(): void {
  const session = useSession();
  const isBidder = session.state === 'signed-in' && session.me.role === 'bidder';
  useResource<Page<MyBidView>>(isBidder ? `/api/me/bids?limit=${NEWEST_BIDS}` : null, {
    onData: ({ items }) => lotStore.putMyBids(items),
  });
}
