import { Component, lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { pageRoutes } from '#contracts/http/page-routes.js';
import type { Me } from '#contracts/http/session.js';
import { ApiProblem, get } from './api/http.js';
import { session, useSession } from './api/session.js';
import { Loading } from './components/loading.js';
import { PageFrame, PageTitle } from './components/page-frame.js';
import { ProblemNotice } from './components/problem-notice.js';
import { liveFeed } from './live/live-feed.js';
import { lotStore } from './live/lot-store.js';
import { serverClock } from './live/server-clock.js';
import { AuctionPage } from './pages/auction-page.js';
import { AuctionsPage } from './pages/auctions-page.js';
import { LotPage } from './pages/lot-page.js';
import { SignInPage } from './pages/sign-in-page.js';

// What few look at, or nobody at first, is loaded when it is asked for.
const MyBidsPage = lazy(() => import('./pages/my-bids-page.js'));
const ReplayPage = lazy(() => import('./replay/replay-page.js'));
const ConsolePage = lazy(() => import('./console/console-page.js'));
const ConsoleAuctionPage = lazy(() => import('./console/console-auction-page.js'));
const AnalyticsPage = lazy(() => import('./analytics/analytics-page.js'));
const OperatorPage = lazy(() => import('./operator/operator-page.js'));

/** How often a key is tried while the server cannot be reached, milliseconds. */
const CHECK_AGAIN_MS = 2_000;

export function App() {
  const current = useSession();
  useServerClock();
  const problem = useKeyCheck(current.state === 'checking' ? current.key : null);
  const key = current.state === 'signed-in' ? current.key : null;
  // Nothing of one user is left to the next one in the same tab.
  useEffect(() => {
    if (key === null) return;
    return () => {
      lotStore.clear();
      liveFeed.close();
    };
  }, [key]);

  if (current.state === 'checking') return problem === null ? <Loading /> : <Unchecked problem={problem} />;
  if (current.state === 'signed-out') return <SignInPage reason={current.reason} />;
  return (
    <PageFrame key={current.key}>
      <Failsafe>
        <Suspense fallback={<Loading />}>
          <Pages role={current.me.role} />
        </Suspense>
      </Failsafe>
    </PageFrame>
  );
}

function Pages({ role }: { role: Me['role'] }) {
  const sells = role === 'auctioneer' || role === 'admin';
  return (
    <Switch>
      <Route path={pageRoutes.home} component={AuctionsPage} />
      <Route path={pageRoutes.auction}>
        {({ auctionId }) => <AuctionPage key={auctionId} auctionId={auctionId} />}
      </Route>
      <Route path={pageRoutes.lot}>{({ lotId }) => <LotPage key={lotId} lotId={lotId} />}</Route>
      <Route path={pageRoutes.replay}>{({ lotId }) => <ReplayPage key={lotId} lotId={lotId} />}</Route>
      <Route path={pageRoutes.mine}>{role === 'bidder' ? <MyBidsPage /> : <Redirect to={pageRoutes.home} />}</Route>
      <Route path={pageRoutes.console}>{sells ? <ConsolePage /> : <Redirect to={pageRoutes.home} />}</Route>
      <Route path={pageRoutes.consoleAuction}>
        {({ auctionId }) =>
          sells ? <ConsoleAuctionPage key={auctionId} auctionId={auctionId} /> : <Redirect to={pageRoutes.home} />
        }
      </Route>
      <Route path={pageRoutes.analytics}>{sells ? <AnalyticsPage /> : <Redirect to={pageRoutes.home} />}</Route>
      <Route path={pageRoutes.operator}>
        {role === 'admin' ? <OperatorPage /> : <Redirect to={pageRoutes.home} />}
      </Route>
      <Route>
        <PageTitle tab="Nothing here">There is nothing here</PageTitle>
      </Route>
    </Switch>
  );
}

/** Nobody can say yet whether the key is good: it is asked again and again. */
const Unchecked = ({ problem }: { problem: ApiProblem }) => (
  <main id="content" className="door">
    <h1>Gavel</h1>
    <ProblemNotice problem={problem} />
    <p>It is tried again by itself.</p>
  </main>
);

/** A key that was kept over a reload of the page is asked about before anything is shown. Answers why that cannot be done now. */
function useKeyCheck(key: string | null): ApiProblem | null {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useEffect(() => {
    setProblem(null);
    if (key === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const check = () =>
      get<Me>('/api/me', abort.signal).then(
        (me) => session.signedIn(key, me),
        (error: unknown) => {
          if (!(error instanceof ApiProblem) || error.problem.code === 'unauthenticated') return;
          setProblem(error);
          timer = setTimeout(check, CHECK_AGAIN_MS);
        },
      );
    void check();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key]);
  return problem;
}

/** The clock is measured at the start, and again when the page was out of sight: the machine may have slept. */
function useServerClock(): void {
  useEffect(() => {
    void serverClock.measure();
    const again = () => {
      if (document.visibilityState !== 'visible') return;
      serverClock.forget();
      void serverClock.measure();
    };
    document.addEventListener('visibilitychange', again);
    return () => document.removeEventListener('visibilitychange', again);
  }, []);
}

/** A defect in one page says so, and leaves the way to the others. */
class Failsafe extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="notice" data-kind="problem" role="alert">
        <strong>This page has failed</strong>
        <p>Nothing that you did is lost. Load the page again.</p>
        <button type="button" onClick={() => location.reload()}>
          Load again
        </button>
      </div>
    );
  }
}
