import { useState } from 'react';
import { Link } from 'wouter';
import { pageRoutes } from '#contracts/http/page-routes.js';
import { ApiProblem } from '../api/http.js';
import { useMe } from '../api/session.js';
import { Loading } from '../components/loading.js';
import { LotList } from '../components/lot-list.js';
import { Moment } from '../components/moment.js';
import { PageTitle } from '../components/page-frame.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { StateBadge } from '../components/state-badge.js';
import { useAuction } from '../live/use-auction.js';
import { useMyBids } from '../live/use-my-bids.js';

export function AuctionPage({ auctionId }: { auctionId: string }) {
  const { auction, problem, reload } = useAuction(auctionId);
  const me = useMe();
  useMyBids();
  const [title, setTitle] = useState('');
  if (auction === undefined) {
    return (
      <>
        <PageTitle tab="Auction">Auction</PageTitle>
        {problem instanceof ApiProblem ? <ProblemNotice problem={problem} onRetry={reload} /> : <Loading rows={8} />}
      </>
    );
  }
  const wanted = title.trim().toLowerCase();
  const shown = auction.lots.filter((lot) => lot.title.toLowerCase().includes(wanted));
  return (
    <>
      <div className="headline">
        <PageTitle tab={auction.title}>{auction.title}</PageTitle>
        <StateBadge state={auction.state} />
      </div>
      <p className="sub">
        {auction.lotCount} {auction.lotCount === 1 ? 'lot' : 'lots'}
        {auction.state === 'started' && auction.closesAt !== null && (
          <>
            {' '}
            · <Moment at={auction.closesAt} before="first lot closes in" come="lots are closing" />
          </>
        )}
        {auction.stagger !== null && ` · a lot every ${auction.stagger.stepSeconds} s`}
        {me.role !== 'bidder' && me.role !== 'partner' && (
          <>
            {' '}
            · <Link href={pageRoutes.consoleAuction.replace(':auctionId', auctionId)}>Open in the console</Link>
          </>
        )}
      </p>
      {auction.lots.length > 8 && (
        <div className="filters">
          <input
            type="search"
            aria-label="Search the lots by title"
            placeholder="Search the lots"
            value={title}
            onChange={(event) => setTitle(event.target.value)}
          />
        </div>
      )}
      {shown.length === 0 ? (
        <p className="empty">{wanted === '' ? 'No lots yet.' : `No lot is called “${title}”.`}</p>
      ) : (
        <LotList lotIds={shown.map(({ lotId }) => lotId)} />
      )}
    </>
  );
}
