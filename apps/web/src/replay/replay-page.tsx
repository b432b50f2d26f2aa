import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Label } from 'react-aria-components/Label';
import { Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components/Slider';
import { Link } from 'wouter';
import type { LotHistoryEvent } from '#contracts/http/lot-history.js';
import { pageRoutes } from '#contracts/http/page-routes.js';
import { Chart } from '../components/chart.js';
import { ChoiceField } from '../components/choice-field.js';
import { Loading } from '../components/loading.js';
import { Money } from '../components/money.js';
import { PageTitle } from '../components/page-frame.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { StateBadge } from '../components/state-badge.js';
import { formatMoney } from '../money/money.js';
import { EventList } from './event-list.js';
import { LotTimeline } from './lot-at.js';
import { useHistory } from './use-history.js';
import { usePlayback } from './use-playback.js';

const speeds = { '1': 'As it was', '10': '10 times', '60': '60 times', '600': '600 times' } as const;

/** Time travel: the lot as it was behind any of its events. Nothing can be done here. */
export default function ReplayPage({ lotId }: { lotId: string }) {
  const { events, isComplete, problem } = useHistory(lotId);
  return (
    <>
      <p className="crumbs">
        <Link href={pageRoutes.lot.replace(':lotId', lotId)}>Back to the lot</Link>
      </p>
      {problem && (
        <>
          <PageTitle tab="Replay">Replay</PageTitle>
          <ProblemNotice problem={problem} />
        </>
      )}
      {!problem && !isComplete && (
        <>
          <PageTitle tab="Replay">Replay</PageTitle>
          <Loading rows={8} />
        </>
      )}
      {isComplete && <Replay events={events} />}
    </>
  );
}

function Replay({ events }: { events: readonly LotHistoryEvent[] }) {
  const [speed, setSpeed] = useState<keyof typeof speeds>('60');
  const { step, isPlaying, seek, toggle } = usePlayback(events, Number(speed));
  const timeline = useMemo(() => new LotTimeline(events), [events]);
  const { times, lines } = useMemo(() => priceLine(timeline), [timeline]);
  const lot = timeline.stateAfter(step + 1);
  const event = events[step];
  if (event === undefined) return <p className="empty">Nothing has happened to this lot.</p>;
  const { revision } = event;
  const currency = lot.currency ?? 'USD';
  return (
    <>
      <div className="headline">
        <PageTitle tab={`Replay of ${lot.title}`}>{lot.title}</PageTitle>
        <span className="badge">Replay</span>
      </div>
      <section className="panel player" aria-label="Time travel">
        <Slider value={step} onChange={(to) => seek(to as number)} minValue={0} maxValue={events.length - 1}>
          <Label>Revision</Label>
          <SliderOutput>
            {revision} of {events.at(-1)?.revision}
          </SliderOutput>
          <SliderTrack>
            <SliderThumb />
          </SliderTrack>
        </Slider>
        <div className="player-buttons">
          <Button onPress={() => seek(Math.max(0, step - 1))} isDisabled={step === 0}>
            Back
          </Button>
          <Button className="primary" onPress={toggle}>
            {isPlaying ? 'Pause' : 'Play'}
          </Button>
          <Button onPress={() => seek(step + 1)} isDisabled={step === events.length - 1}>
            Forward
          </Button>
          <ChoiceField label="Speed" name="speed" value={speed} onChange={setSpeed} choices={speeds} />
          <time dateTime={event.at}>
            {new Date(event.at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}
          </time>
        </div>
        <Chart
          times={times}
          lines={lines}
          height={200}
          isStepped
          mark={Math.max(times[step] ?? 0, times[0] ?? 0)}
          format={(value) => formatMoney(value, currency)}
          summary={`The price over the ${events.length} events of the lot, marked at revision ${revision}.`}
        />
      </section>
      <div className="two-columns">
        <section className="panel" aria-labelledby="state">
          <h2 id="state">The lot at revision {revision}</h2>
          <dl className="facts-list" data-testid="state-at">
            <div>
              <dt>State</dt>
              <dd>{lot.state !== undefined && <StateBadge state={lot.state} />}</dd>
            </div>
            <div>
              <dt>Price</dt>
              <dd>
                <Money amount={lot.currentPrice ?? null} currency={currency} none="none yet" />
              </dd>
            </div>
            <div>
              <dt>Leader</dt>
              <dd>{lot.highestBid?.bidderId ?? 'nobody'}</dd>
            </div>
            <div>
              <dt>Next bid at least</dt>
              <dd>
                <Money amount={lot.minimumNextBid ?? null} currency={currency} />
              </dd>
            </div>
            <div>
              <dt>Bids</dt>
              <dd>{lot.bidCount}</dd>
            </div>
            <div>
              <dt>Reserve</dt>
              <dd>{lot.reserveMet ? 'met, or none' : 'not met'}</dd>
            </div>
            <div>
              <dt>Closes</dt>
              <dd>
                {lot.closesAt
                  ? new Date(lot.closesAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
                  : 'by hand'}
              </dd>
            </div>
            {lot.buyNow && (
              <div>
                <dt>Available</dt>
                <dd>
                  {lot.buyNow.available} of {lot.buyNow.quantity}
                </dd>
              </div>
            )}
          </dl>
          {event.stored !== undefined && (
            <details>
              <summary>The event as it is stored</summary>
              <pre>{JSON.stringify(event.stored, null, 2)}</pre>
            </details>
          )}
        </section>
        <EventList events={events} step={step} currency={currency} onPick={seek} />
      </div>
    </>
  );
}

function priceLine({ events }: LotTimeline) {
  const times: number[] = [];
  const values: (number | null)[] = [];
  let price: number | null = null;
  for (const { at, changes } of events) {
    if (changes.currentPrice !== undefined) price = changes.currentPrice;
    // Events of one commit have one time; on a chart they must rise.
    times.push(Math.max(Date.parse(at) / 1000, (times.at(-1) ?? 0) + 0.001));
    values.push(price);
  }
  return { times, lines: [{ label: 'Price', values }] };
}
