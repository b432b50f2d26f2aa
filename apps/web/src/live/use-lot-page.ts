import { useCallback, useEffect, useRef, useState } from 'react';
import type { BidView, LotView } from '#contracts/http/lots.js';
import type { Page } from '#contracts/http/pages.js';
import type { ServerMessage } from '#contracts/push/server-messages.js';
import { ApiProblem, get } from '../api/http.js';
import { useResource } from '../api/use-resource.js';
import { type KnownLot, lotStore, useLot } from './lot-store.js';
import { useMessages, useWatched } from './use-live-feed.js';
import { useMyBids } from './use-my-bids.js';

/** A lot of which everything is shown, kept up to date. */
export function useLotPage(lotId: string): {
  lot: KnownLot | undefined;
  problem: ApiProblem | undefined;
  reload: () => void;
  mine: MyHighestBid;
} {
  const { data, problem, reload } = useResource<LotView>(`/api/lots/${lotId}`, { onData: (lot) => lotStore.put(lot) });
  useWatched('lots', data === undefined ? '' : lotId);
  return { lot: useLot(lotId), problem, reload, mine: useMyHighestBid(lotId) };
}

const BIDS_A_PAGE = 1_000;
/** Bids that are shown at most: the newest ones of a lot that has more. */
const KEPT_BIDS = 5_000;
/** Of a lot under fire the list is brought up to date a few times a second, not for every bid. */
const PAUSE_MS = 300;

/** Every recorded bid in its order; new ones are fetched behind the last one known. */
export function useBids(lotId: string): readonly BidView[] | undefined {
  const [bids, setBids] = useState<readonly BidView[]>();
  const state = useRef({ last: null as number | null, isReading: false, again: false });

  const read = useCallback(async () => {
    const here = state.current;
    if (here.isReading) {
      here.again = true;
      return;
    }
    here.isReading = true;
    try {
      do {
        here.again = false;
        const cursor = here.last === null ? '' : `&cursor=${String(here.last).padStart(12, '0')}`;
        const page = await get<Page<BidView>>(`/api/lots/${lotId}/bids?limit=${BIDS_A_PAGE}${cursor}`);
        here.last = page.items.at(-1)?.sequence ?? here.last;
        setBids((before = []) =>
          page.items.length === 0 && before.length > 0 ? before : [...before, ...page.items].slice(-KEPT_BIDS),
        );
        if (page.nextCursor !== null) here.again = true;
        else await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      } while (here.again);
    } catch (error) {
      // The page says that the connection is lost; the next message tries again.
      if (!(error instanceof ApiProblem)) throw error;
    } finally {
      here.isReading = false;
    }
  }, [lotId]);

  useEffect(() => {
    void read();
  }, [read]);
  useMessages(
    useCallback(
      (message: ServerMessage) => {
        if ('lotId' in message && message.lotId === lotId) void read();
      },
      [lotId, read],
    ),
  );
  return bids;
}

/** The highest amount that the user has bid for a lot, which nobody else is told. */
export interface MyHighestBid {
  /** Minor units; null: none. */
  readonly amount: number | null;
  readonly reload: (atLeast?: string) => void;
}

function useMyHighestBid(lotId: string): MyHighestBid {
  const { data, reload } = useMyBids();
  const own = (data?.items ?? []).filter((bid) => bid.lotId === lotId);
  const amounts = own.map(({ amount, maximum }) => maximum ?? amount ?? 0);
  return { amount: amounts.length === 0 ? null : Math.max(...amounts), reload };
}
