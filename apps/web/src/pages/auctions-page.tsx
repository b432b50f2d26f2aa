import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link } from 'wouter';
import type { AuctionSummary, AuctionViewState } from '#contracts/http/auctions.js';
import { pageRoutes } from '#contracts/http/page-routes.js';
import type { Page } from '#contracts/http/pages.js';
import { ApiProblem, get } from '../api/http.js';
import { useResource } from '../api/use-resource.js';
import { Loading } from '../components/loading.js';
import { Moment } from '../components/moment.js';
import { PageTitle } from '../components/page-frame.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { StateBadge } from '../components/state-badge.js';

const PAGE = 24;
const REFRESH_MS = 5_000;
const filters: readonly [AuctionViewState | 'all', string][] = [
  ['started', 'Running'],
  ['created', 'Upcoming'],
  ['ended', 'Ended'],
  ['all', 'All'],
];

export function AuctionsPage() {
  const [state, setState] = useState<AuctionViewState | 'all'>('started');
  const [title, setTitle] = useState('');
  const wanted = useSettled(title.trim());
  return (
    <>
      <PageTitle tab="Auctions">Auctions</PageTitle>
      <div className="filters">
        <fieldset className="segments">
          <legend className="for-ears">Which auctions</legend>
          {filters.map(([value, words]) => (
            <label key={value}>
              <input type="radio" name="state" checked={state === value} onChange={() => setState(value)} />
              <span>{words}</span>
            </label>
          ))}
        </fieldset>
        <input
          type="search"
          aria-label="Search by title"
          placeholder="Search by title"
          maxLength={100}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
      </div>
      <Results key={`${state}/${wanted}`} state={state} title={wanted} />
    </>
  );
}

/** The words once nobody has typed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 250);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function Results({ state, title }: { state: AuctionViewState | 'all'; title: string }) {
  const query = new URLSearchParams({ order: 'newest', limit: String(PAGE) });
  if (state !== 'all') query.set('state', state);
  if (title !== '') query.set('title', title);
  const path = `/api/auctions?${query}`;
  const { data, problem, reload } = useResource<Page<AuctionSummary>>(path, { everyMs: REFRESH_MS });
  const [more, setMore] = useState<Page<AuctionSummary> | null>(null);
  const [moreProblem, setMoreProblem] = useState<ApiProblem | null>(null);

  async function loadMore(cursor: string) {
    try {
      const next = await get<Page<AuctionSummary>>(`${path}&cursor=${encodeURIComponent(cursor)}`);
      setMore((before) => ({ items: [...(before?.items ?? []), ...next.items], nextCursor: next.nextCursor }));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setMoreProblem(error);
    }
  }

  if (data === undefined) return problem ? <ProblemNotice problem={problem} onRetry={reload} /> : <Loading rows={6} />;
  const shown = new Map([...data.items, ...(more?.items ?? [])].map((auction) => [auction.auctionId, auction]));
  const cursor = more === null ? data.nextCursor : more.nextCursor;
  return (
    <>
      {problem && <ProblemNotice problem={problem} />}
      {shown.size === 0 && (
        <p className="empty">{title === '' ? 'No auctions here now.' : `Nothing is called “${title}”.`}</p>
      )}
      <ul className="cards">
        {[...shown.values()].map((auction) => (
          <li key={auction.auctionId}>
            <AuctionCard auction={auction} />
          </li>
        ))}
      </ul>
      {moreProblem && <ProblemNotice problem={moreProblem} />}
      {cursor !== null && <Button onPress={() => loadMore(cursor)}>More auctions</Button>}
    </>
  );
}

function AuctionCard({ auction }: { auction: AuctionSummary }) {
  const { auctionId, title, state, lotCount, opensAt, closesAt, results } = auction;
  const sold = results?.filter((result) => result.state === 'sold').length;
  return (
    <article className="card">
      <StateBadge state={state} />
      <h2>
        <Link href={pageRoutes.auction.replace(':auctionId', auctionId)}>{title}</Link>
      </h2>
      <p>
        {lotCount} {lotCount === 1 ? 'lot' : 'lots'}
        {sold !== undefined && `, ${sold} sold`}
      </p>
      <p className="card-foot">
        {state === 'started' && closesAt !== null && (
          <Moment at={closesAt} before="First lot closes in" come="Lots are closing" />
        )}
        {state === 'created' && opensAt !== null && <Moment at={opensAt} before="Opens in" come="Opening…" />}
      </p>
    </article>
  );
}
