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
  /** Amounts rise from here, minor units. */
  readonly fromAmount: number;
  readonly seconds: number;
  readonly cores: Cores;
}

export interface LoadFound {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends bids as fast as they are answered. Rejects when any answer was none of success, or did not come. */
export async function sendBids(scope: Scope, load: Load): Promise<LoadFound> {
  const directory = scope.directory('wrk');
  const script = join(directory, 'bids.lua');
  writeFileSync(script, scriptOf(load));
  const options = ['-t1', `-c${CONNECTIONS}`, `-d${load.seconds}s`, '--timeout', '10s', '--latency', '-s', script];
  const patienceMs = (load.seconds + 30) * 1_000;
  const program = pinned(load.cores, { command: 'wrk', args: [...options, load.url], patienceMs });
  const output = await runToEnd(scope, program);
  scope.remove(directory);
  return foundIn(output);
}

/** Exported for its test. Throws for a run whose figures would not tell of accepted bids alone. */
export function foundIn(output: string): LoadFound {
  const found = /^gavel-bench (.+)$/m.exec(output)?.[1];
  if (found === undefined) throw new Error(`wrk told no figures: ${output}`);
  const [requests, microseconds, p50, p99, refused, failed] = found.split(' ').map(Number) as number[];
  if (requests === undefined || microseconds === undefined || p50 === undefined || p99 === undefined) {
    throw new Error(`wrk told other figures than it was asked for: ${found}`);
  }
  if (requests === 0) throw new Error('wrk got no answer at all');
  if (refused !== 0 || failed !== 0) {
    throw new Error(
      `of ${requests} requests ${refused} were refused and ${failed} got no answer: all must be accepted`,
    );
  }
  return {
    requests,
    requestsPerSecond: requests / (microseconds / 1e6),
    p50Ms: p50 / 1_000,
    p99Ms: p99 / 1_000,
  };
}

const scriptOf = ({ credential, lotIds, fromAmount }: Load): string => `
local paths = {${lotIds.map((lotId) => `"/api/lots/${lotId}/bids"`).join(',')}}
local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "${credential}" }
local count, sent = #paths, 0

function request()
  sent = sent + 1
  local body = string.format('{"amount":%d}', ${fromAmount} + sent)
  return wrk.format("POST", paths[sent % count + 1], headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format("gavel-bench %d %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
`;
