import { Chart } from '../components/chart.js';
import { Loading } from '../components/loading.js';
import { PageTitle } from '../components/page-frame.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { IssueKey } from './issue-key.js';
import { Refusals } from './refusals.js';
import { useOperation } from './use-operation.js';

/** Which gauges there are depends on the parts that run; what this server does not have is not shown. */
const gauges: readonly [name: string, key: string, format: (value: number) => string][] = [
  ['Bids a second', 'bidRate', rate],
  ['Requests a second', 'requestRate', rate],
  ['Read models behind', 'projectionLag', seconds],
  ['Commit, mean', 'commitMs', milliseconds],
  ['Event loop p99', 'loopMs', milliseconds],
  ['Relay behind', 'relayLag', count],
  ['Bids in the spool', 'spool', count],
  ['Live connections', 'connections', count],
  ['Memory', 'memory', (bytes) => `${Math.round(bytes / 1048576)} MiB`],
];

/** For whoever runs Gavel: is it well, how much does it do, what did it refuse. */
export default function OperatorPage() {
  const { checks, history, problem } = useOperation();
  const now = history.at(-1);
  return (
    <>
      <PageTitle tab="Operator">Operator</PageTitle>
      {problem && <ProblemNotice problem={problem} />}
      <section aria-labelledby="health">
        <h2 id="health">Health</h2>
        {checks === undefined ? (
          <Loading rows={1} />
        ) : (
          <ul className="checks">
            {Object.entries(checks).map(([part, check]) => (
              <li key={part} data-ok={check === 'ok'}>
                <strong>{inWords(part)}</strong> {check === 'ok' ? 'works' : check}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="numbers">
        <h2 id="numbers">Now</h2>
        <dl className="tiles">
          {gauges.map(([name, key, format]) => {
            const value = now?.values[key];
            return value === undefined || value === null ? null : (
              <div key={key}>
                <dt>{name}</dt>
                <dd>{format(value)}</dd>
              </div>
            );
          })}
        </dl>
      </section>
      <div className="two-columns">
        <Trend
          title="Throughput"
          history={history}
          keys={['bidRate', 'requestRate']}
          labels={['Bids a second', 'Requests a second']}
          format={rate}
        />
        <Trend
          title="Lag of the read models"
          history={history}
          keys={['projectionLag']}
          labels={['Seconds behind']}
          format={seconds}
        />
      </div>
      <Refusals />
      <IssueKey />
    </>
  );
}

interface TrendProps {
  readonly title: string;
  readonly history: ReturnType<typeof useOperation>['history'];
  readonly keys: readonly string[];
  readonly labels: readonly string[];
  readonly format: (value: number) => string;
}

function Trend({ title, history, keys, labels, format }: TrendProps) {
  const lines = keys.map((key, i) => ({
    label: labels[i] ?? key,
    values: history.map(({ values }) => values[key] ?? null),
  }));
  const latest = lines.map(({ label, values }) => `${label}: ${format(values.at(-1) ?? 0)}`).join(', ');
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      <Chart times={history.map(({ at }) => at / 1000)} lines={lines} height={180} format={format} summary={latest} />
    </section>
  );
}

/** `readModels` as people write it. */
const inWords = (part: string): string => part.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function rate(value: number): string {
  return value.toLocaleString(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 });
}
function count(value: number): string {
  return value.toLocaleString(undefined, { maximumFractionDigits: 0 });
}
function seconds(value: number): string {
  return `${value.toLocaleString(undefined, { maximumFractionDigits: 2 })} s`;
}
function milliseconds(value: number): string {
  return `${value.toLocaleString(undefined, { maximumFractionDigits: 1 })} ms`;
}
