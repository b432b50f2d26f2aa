import { useCallback, useMemo } from 'react';
import type { AuctionView } from '#contracts/http/auctions.js';
import type { ServerMessage } from '#contracts/push/server-messages.js';
import { type Resource, useResource } from '../api/use-resource.js';
import { lotStore } from './lot-store.js';
import { useMessages, useWatched } from './use-live-feed.js';

export interface LiveAuction extends Pick<Resource<AuctionView>, 'problem' | 'reload'> {
  readonly auction: AuctionView | undefined;
  readonly lotIds: readonly string[];
}

/** Events that change the auction itself or which lots it has; everything else is in the lots. */
const OF_AUCTION = ['AuctionStarted', 'AuctionEnded', 'AuctionCancelled', 'LotListed'];

const putLots = ({ lots }: AuctionView): void => {
  for (const lot of lots) lotStore.put(lot);
};

/** An auction with its lots, kept up to date: the lots in the store of lots, the auction by asking again when it changes. */
export function useAuction(auctionId: string): LiveAuction {
  const { data, problem, reload } = useResource<AuctionView>(`/api/auctions/${auctionId}`, { onData: putLots });
  // Only what exists is watched.
  useWatched('auctions', data === undefined ? '' : auctionId);
  useMessages(
    useCallback(
      (message: ServerMessage) => {
        if ('auctionId' in message && message.auctionId === auctionId && OF_AUCTION.includes(message.type)) reload();
      },
      [auctionId, reload],
    ),
  );
  const lotIds = useMemo(() => (data?.lots ?? []).map(({ lotId }) => lotId), [data]);
  return { auction: data, lotIds, problem, reload };
}
