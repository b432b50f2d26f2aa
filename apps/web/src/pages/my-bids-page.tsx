import { useEffect, useMemo } from 'react';
import type { LotView } from '#contracts/http/lots.js';
import { get } from '../api/http.js';
import { Loading } from '../components/loading.js';
import { LotList } from '../components/lot-list.js';
import { PageTitle } from '../components/page-frame.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { lotStore } from '../live/lot-store.js';
import { useWatched } from '../live/use-live-feed.js';
import { useMyBids } from '../live/use-my-bids.js';

const LOTS_AT_MOST = 100;

/** The lots that the user has bid for, the newest first, and where they stand in each. */
export default function MyBidsPage() {
  const { data, problem, reload } = useMyBids();
  const lotIds = useMemo(() => [...new Set(data?.items.map(({ lotId }) => lotId))].slice(0, LOTS_AT_MOST), [data]);
  useWatched('lots', lotIds.join(','));
  useEffect(() => {
    for (const lotId of lotIds) {
      // Until the connection brings its snapshot, and where there is none.
      if (lotStore.lot(lotId) === undefined)
        get<LotView>(`/api/lots/${lotId}`).then(
          (lot) => lotStore.put(lot),
          () => undefined,
        );
    }
  }, [lotIds]);
  return (
    <>
      <PageTitle tab="My bids">My bids</PageTitle>
      {problem && <ProblemNotice problem={problem} onRetry={reload} />}
      {data === undefined && !problem && <Loading rows={6} />}
      {data !== undefined && lotIds.length === 0 && <p className="empty">You have not bid yet.</p>}
      <LotList lotIds={lotIds} isMixed />
    </>
  );
}
