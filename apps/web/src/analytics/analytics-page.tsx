import { useState } from 'react';
import type { AnalyticsAnswer } from '#contracts/http/analytics.js';
import { useResource } from '../api/use-resource.js';
import { Chart } from '../components/chart.js';
import { ChoiceField } from '../components/choice-field.js';
import { Loading } from '../components/loading.js';
import { PageTitle } from '../components/page-frame.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { Tiles } from '../components/tiles.js';
import { formatMoney } from '../money/money.js';
import { Freshness } from './freshness.js';

const EVERY_MS = 3_000;

const spans = { minute: 'The last hour, by the minute', hour: 'The last 60 hours', day: 'The last 60 days' } as const;
type Span = keyof typeof spans;

/** For whoever sells: how much is bid and earned, as time goes by. */
export default function AnalyticsPage() {
  const [span, setSpan] = useState<Span>('minute');
  const { data, problem } = useResource<AnalyticsAnswer>(`/api/analytics?window=${span}`, { everyMs: EVERY_MS });
  return (
    <>
      <PageTitle tab="Analytics">Analytics</PageTitle>
      {problem && <ProblemNotice problem={problem} />}
      <ChoiceField label="Time" name="window" value={span} onChange={setSpan} choices={spans} />
      {data === undefined ? problem === undefined && <Loading rows={4} /> : <Dashboard answer={data} />}
    </>
  );
}

function Dashboard({ answer }: { answer: AnalyticsAnswer }) {
  const { windows, totals } = answer;
  const times = windows.map(({ start }) => Date.parse(start) / 1000);
  const bids = windows.map((window) => window.bids);
  const busiest = Math.max(...bids);
  return (
    <>
      <Freshness answer={answer} />
      <Totals totals={totals} />
      <div className="two-columns">
        <section className="panel" aria-label="Bids">
          <h2>Bids</h2>
          <Chart
            times={times}
            lines={[{ label: 'Bids', values: bids }]}
            height={200}
            format={whole}
            summary={`${whole(totals.bids)} bids, ${whole(busiest)} in the busiest ${answer.window}`}
          />
        </section>
        {totals.revenue.map(({ currency, amount }) => (
          <section className="panel" aria-label={`Revenue in ${currency}`} key={currency}>
            <h2>Revenue, {currency}</h2>
            <Chart
              times={times}
              lines={[{ label: currency, values: windows.map((window) => revenueIn(currency, window.revenue)) }]}
              height={200}
              format={(value) => formatMoney(value, currency)}
              summary={`${formatMoney(amount, currency)} in all`}
            />
          </section>
        ))}
      </div>
    </>
  );
}

function Totals({ totals }: { totals: AnalyticsAnswer['totals'] }) {
  const tiles: [string, string][] = [
    ['Bids', whole(totals.bids)],
    ['Units bought', whole(totals.purchases)],
    ['Lots sold', whole(totals.lotsSold)],
    ['Not sold', whole(totals.lotsPassed)],
    ['Withdrawn', whole(totals.lotsWithdrawn)],
    ['Extensions', whole(totals.extensions)],
    ...totals.revenue.map(({ currency, amount }): [string, string] => [
      `Revenue, ${currency}`,
      formatMoney(amount, currency),
    ]),
  ];
  return <Tiles tiles={tiles} />;
}

const whole = (value: number): string => value.toLocaleString(undefined, { maximumFractionDigits: 0 });

const revenueIn = (currency: string, revenue: AnalyticsAnswer['totals']['revenue']): number =>
  revenue.find((one) => one.currency === currency)?.amount ?? 0;
