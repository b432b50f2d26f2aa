import { Button } from 'react-aria-components/Button';
import type { ApiProblem } from '../api/http.js';

const titles: Record<string, string> = {
  unreachable: 'The server cannot be reached',
  'not-understood': 'The answer is not understood',
  'lot-not-found': 'There is no such lot',
  'auction-not-found': 'There is no such auction',
  'sold-out': 'Sold out',
  'lot-closed': 'The lot is closed',
  'lot-not-open': 'The lot is not open',
  'rate-limited': 'Too many requests',
  'store-unavailable': 'The auction house cannot take this now',
  'validation-failed': 'Something is not filled in right',
};

/** What went wrong, in words; with a way to try again where that may help. */
export function ProblemNotice({ problem, onRetry }: { problem: ApiProblem; onRetry?: () => void }) {
  const { code, title, status, requestId } = problem.problem;
  const head = titles[code] ?? title;
  return (
    <div className="notice" data-kind="problem" role="alert">
      <strong>{head}</strong>
      {problem.message !== `${head}.` && <p>{problem.message}</p>}
      {onRetry && status !== 404 && <Button onPress={() => onRetry()}>Try again</Button>}
      {requestId !== undefined && status >= 500 && <small>Request {requestId}</small>}
    </div>
  );
}
