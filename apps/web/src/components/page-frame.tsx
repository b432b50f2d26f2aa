import { type ReactNode, useEffect } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link, useLocation } from 'wouter';
import { pageRoutes } from '#contracts/http/page-routes.js';
import { session, useMe } from '../api/session.js';
import { useConnection } from '../live/use-live-feed.js';

/** What stands around every page: where one can go, who one is, whether the prices are live. */
export function PageFrame({ children }: { children: ReactNode }) {
  const me = useMe();
  const sells = me.role === 'auctioneer' || me.role === 'admin';
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="top">
        <Link href={pageRoutes.home} className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" />
          Gavel
        </Link>
        <nav aria-label="Pages">
          <Place to={pageRoutes.home}>Auctions</Place>
          {me.role === 'bidder' && <Place to={pageRoutes.mine}>My bids</Place>}
          {sells && <Place to={pageRoutes.console}>Console</Place>}
          {sells && <Place to={pageRoutes.analytics}>Analytics</Place>}
          {me.role === 'admin' && <Place to={pageRoutes.operator}>Operator</Place>}
        </nav>
        <div className="who">
          <span title={`Signed in as ${me.role}`}>
            {me.subject} <small>{me.role}</small>
          </span>
          <Button onPress={() => session.signOut()}>Sign out</Button>
        </div>
      </header>
      <ConnectionNotice />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function Place({ to, children }: { to: string; children: ReactNode }) {
  const [here] = useLocation();
  const isHere = to === pageRoutes.home ? /^\/($|auctions|lots)/.test(here) : here.startsWith(to);
  return (
    <Link href={to} aria-current={isHere ? 'page' : undefined}>
      {children}
    </Link>
  );
}

function ConnectionNotice() {
  const connection = useConnection();
  return (
    <div role="status" className="connection" data-connection={connection}>
      {connection === 'lost' && 'The connection is lost. What you see may be old; it comes back by itself.'}
    </div>
  );
}

/** The title of the tab and of the page. */
export function PageTitle({ children, tab }: { children: ReactNode; tab: string }) {
  useEffect(() => {
    document.title = `${tab} · Gavel`;
  }, [tab]);
  return <h1>{children}</h1>;
}
