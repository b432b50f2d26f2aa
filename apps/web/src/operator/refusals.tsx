import type { RefusedRequests } from '#contracts/http/refusals.js';
import { useResource } from '../api/use-resource.js';
import { Loading } from '../components/loading.js';
import { ProblemNotice } from '../components/problem-notice.js';
import { Scrolling } from '../components/scrolling.js';

const SHOWN = 50;

/** What the server refused lately: wrong keys, late bids, bad input, and its own failures. */
export function Refusals() {
  const { data, problem, reload } = useResource<RefusedRequests>('/api/refusals', { everyMs: 3_000 });
  return (
    <section className="panel" aria-labelledby="refusals">
      <h2 id="refusals">Recent refusals</h2>
      {problem && <ProblemNotice problem={problem} onRetry={reload} />}
      {data === undefined && !problem && <Loading rows={3} />}
      {data?.items.length === 0 && <p className="empty">Nothing has been refused since the server started.</p>}
      {data !== undefined && data.items.length > 0 && (
        <Scrolling label="List of refusals">
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Code</th>
                <th scope="col">Who</th>
                <th scope="col">Asked for</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {data.items.slice(0, SHOWN).map((refusal) => (
                <tr key={`${refusal.requestId}/${refusal.at}`}>
                  <td>{new Date(refusal.at).toLocaleTimeString()}</td>
                  <td>
                    <code>
                      {refusal.status} {refusal.code}
                    </code>
                  </td>
                  <td>{refusal.actor ?? 'no key'}</td>
                  <td>
                    {refusal.method} {refusal.route ?? 'an unknown address'}
                  </td>
                  <td>{refusal.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolling>
      )}
    </section>
  );
}
