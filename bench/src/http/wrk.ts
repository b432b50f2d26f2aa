import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '../process/scope.js';
import { runToEnd } from '../process/spawned.js';
import { type Cores, pinned } from './cores.js';

const CONNECTIONS = 64;

export interface Load {
  readonly url: string;
  /** The `Authorization` header. */
  readonly credential: string;
  /** In turns. */
  readonly lotIds: readonly string[];
  readonly seconds: number;
  readonly cores: Cores;
}

export interface BidLoad extends Load {
  /** Amounts rise from here, minor units. */
  readonly fromAmount: number;
}

/** What every answer of a load must be: success, or a 4xx or 5xx. */
export type Expected = 'accepted' | 'refused';

interface Requests {
  /** Behind the lot's address. */
  readonly resource: 'bids' | 'purchases';
  /** Lua that makes the body of the request number `sent`. */
  readonly body: string;
  readonly expected: Expected;
}

export interface LoadFound {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends bids as fast as they are answered. Rejects when any answer was none of success, or did not come. */
export const sendBids = (scope: Scope, load: BidLoad): Promise<LoadFound> =>
  send(scope, load, {
    resource: 'bids',
    body: `string.format('{"amount":%d}', ${load.fromAmount} + sent)`,
    expected: 'accepted',
  });

/** Buys one unit after the other. Rejects when any answer was another one than expected, or did not come. */
export const sendPurchases = (scope: Scope, load: Load, expected: Expected): Promise<LoadFound> =>
  send(scope, load, { resource: 'purchases', body: `'{"quantity":1}'`, expected });

async function send(scope: Scope, load: Load, requests: Requests): Promise<LoadFound> {
  const directory = scope.directory('wrk');
  const script = join(directory, 'requests.lua');
  writeFileSync(script, scriptOf(load, requests));
  const options = ['-t1', `-c${CONNECTIONS}`, `-d${load.seconds}s`, '--timeout', '10s', '--latency', '-s', script];
  const patienceMs = (load.seconds + 30) * 1_000;
  const program = pinned(load.cores, { command: 'wrk', args: [...options, load.url], patienceMs });
  const output = await runToEnd(scope, program);
  scope.remove(directory);
  return foundIn(output, requests.expected);
}

/** Exported for its test. Throws for a run whose figures would not tell of expected answers alone. */
export function foundIn(output: string, expected: Expected): LoadFound {
  const found = /^gavel-bench (.+)$/m.exec(output)?.[1];
  if (found === undefined) throw new Error(`wrk told no figures: ${output}`);
  const [requests, microseconds, p50, p99, refused, failed] = found.split(' ').map(Number) as number[];
  if (requests === undefined || microseconds === undefined || p50 === undefined || p99 === undefined) {
    throw new Error(`wrk told other figures than it was asked for: ${found}`);
  }
  if (requests === 0) throw new Error('wrk got no answer at all');
  if (refused !== (expected === 'refused' ? requests : 0) || failed !== 0) {
    throw new Error(
      `of ${requests} requests ${refused} were refused and ${failed} got no answer: all must be ${expected}`,
    );
  }
  return {
    requests,
    requestsPerSecond: requests / (microseconds / 1e6),
    p50Ms: p50 / 1_000,
    p99Ms: p99 / 1_000,
  };
}

const scriptOf = ({ credential, lotIds }: Load, { resource, body }: Requests): string => `
local paths = {${lotIds.map((lotId) => `"/api/lots/${lotId}/${resource}"`).join(',')}}
local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "${credential}" }
local count, sent = #paths, 0

function request()
  sent = sent + 1
  local body = ${body}
  return wrk.format("POST", paths[sent % count + 1], headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format("gavel-bench %d %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
`;
