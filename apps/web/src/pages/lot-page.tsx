import { useMemo } from 'react';
import { Link } from 'wouter';
import type { BidView } from '#contracts/http/lots.js';
import { pageRoutes } from '#contracts/http/page-routes.js';
import { useMe } from '../api/session.js';
import { Chart } from '../components/chart.js';
import { Loading } from '../components/loading.js';
import { PageTitle } from '../components/page-frame.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { StateBadge } from '../components/state-badge.js';
import type { KnownLot } from '../live/lot-store.js';
import { useBids, useLotPage } from '../live/use-lot-page.js';
import { formatMoney } from '../money/money.js';
import { BidHistory } from './lot/bid-history.js';
import { BidPanel } from './lot/bid-panel.js';
import { BuyPanel } from './lot/buy-panel.js';
import { PricePanel } from './lot/price-panel.js';

export function LotPage({ lotId }: { lotId: string }) {
  const { lot, problem, reload, mine } = useLotPage(lotId);
  const me = useMe();
  if (lot === undefined) {
    return (
      <>
        <PageTitle tab="Lot">Lot</PageTitle>
        {problem ? <ProblemNotice problem={problem} onRetry={reload} /> : <Loading rows={8} />}
      </>
    );
  }
  const isFixed = lot.buyNow !== null && lot.buyNow.quantity > 1;
  return (
    <>
      <p className="crumbs">
        <Link href={pageRoutes.auction.replace(':auctionId', lot.auctionId)}>The auction</Link> · Lot {lot.ordinal}
      </p>
      <div className="headline">
        <PageTitle tab={lot.title}>{lot.title}</PageTitle>
        <StateBadge state={lot.state} />
      </div>
      <div className="lot-page">
        <section className="panel stand" aria-label="Price and bidding">
          <PricePanel lot={lot} />
          {me.role === 'bidder' && !isFixed && <BidPanel lot={lot} mine={mine} />}
          {me.role === 'bidder' && lot.buyNow !== null && <BuyPanel lot={lot} />}
          <p className="replay-link">
            <Link href={pageRoutes.replay.replace(':lotId', lotId)}>Replay this lot</Link>
          </p>
        </section>
        <LotFacts lot={lot} isFixed={isFixed} />
        {!isFixed && <Bids lot={lot} />}
      </div>
    </>
  );
}

function LotFacts({ lot, isFixed }: { lot: KnownLot; isFixed: boolean }) {
  const { vehicle } = lot;
  const facts: [string, string][] = [
    ...(vehicle === null
      ? []
      : ([
          ['Make and model', `${vehicle.make} ${vehicle.model}`],
          ['Year', String(vehicle.year)],
          ['Mileage', vehicle.mileage.toLocaleString()],
          ['VIN', vehicle.vin],
        ] satisfies [string, string][])),
    ...(isFixed
      ? [['Sale', 'Fixed price, first come, first served'] satisfies [string, string]]
      : ([
          ['Bidding', lot.bidPolicy === 'proxy' ? 'Proxy: your maximum stays hidden' : 'Open: the highest bid wins'],
          ['Starting bid', formatMoney(lot.startingBid, lot.currency)],
          ['Reserve', lot.reserveMet ? 'Met, or none' : 'Not met yet'],
        ] satisfies [string, string][])),
    ...(lot.extensions > 0
      ? ([['Extended', `${lot.extensions} ${lot.extensions === 1 ? 'time' : 'times'}`]] satisfies [string, string][])
      : []),
  ];
  return (
    <section className="panel facts" aria-labelledby="facts">
      <h2 id="facts">The lot</h2>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Bids({ lot }: { lot: KnownLot }) {
  const bids = useBids(lot.lotId);
  const { times, prices } = useMemo(() => priceLine(bids ?? [], lot.bidPolicy), [bids, lot.bidPolicy]);
  const lines = useMemo(() => [{ label: 'Price', values: prices }], [prices]);
  const first = prices[0];
  const last = prices.at(-1);
  return (
    <section className="panel bids" aria-labelledby="bids">
      <h2 id="bids">Bids</h2>
      {times.length > 1 && first !== undefined && last !== undefined && (
        <Chart
          times={times}
          lines={lines}
          height={200}
          isStepped
          format={(value) => formatMoney(value, lot.currency)}
          summary={`The price rose from ${formatMoney(first, lot.currency)} to ${formatMoney(last, lot.currency)} over ${times.length} bids.`}
        />
      )}
      {bids === undefined ? <Loading rows={4} /> : <BidHistory bids={bids} currency={lot.currency} />}
    </section>
  );
}

/** The visible price at the time of each bid that counted. */
function priceLine(bids: readonly BidView[], policy: KnownLot['bidPolicy']): { times: number[]; prices: number[] } {
  const times: number[] = [];
  const prices: number[] = [];
  for (const { amount, valid, placedAt } of bids) {
    if (amount === null || (policy === 'open' && !valid)) continue;
    const time = Date.parse(placedAt) / 1000;
    // Bids of the same moment must not stand on top of each other.
    times.push(Math.max(time, (times.at(-1) ?? 0) + 0.001));
    prices.push(amount);
  }
  return { times, prices };
}
