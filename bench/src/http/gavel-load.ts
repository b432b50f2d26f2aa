import type { Measured, Run } from '../benchmark.js';
import { processorSeconds } from '../process/processor-time.js';
import { catchUp } from './catch-up.js';
import type { Cores } from './cores.js';
import type { GavelServer } from './gavel-server.js';
import { Metrics } from './metrics.js';
import { sendBids } from './wrk.js';

/** The process samples its event loop this often: what it measures contains that, milliseconds. */
const LOOP_SAMPLING_MS = 10;
/** More than any load sends, so that each load begins above the one before. */
const AMOUNTS = 10_000_000;

export interface GavelLoad {
  readonly server: GavelServer;
  readonly lotIds: readonly string[];
  readonly seconds: number;
  /** Of wrk. */
  readonly cores: Cores;
}

let loads = 0;

/** Bids over HTTP: how many a second were accepted and durable, and what became of the rest of the program meanwhile. */
export async function gavelLoad({ scope }: Run, { server, lotIds, seconds, cores }: GavelLoad): Promise<Measured> {
  loads += 1;
  const [lotId] = lotIds as [string];
  const before = await Metrics.scrape(server.url);
  const usedBefore = processorSeconds(server.pid);
  const sent = await sendBids(scope, {
    url: server.url,
    credential: `Bearer ${server.bidder.key}`,
    lotIds,
    fromAmount: loads * AMOUNTS,
    seconds,
    cores,
  });
  const after = await Metrics.scrape(server.url);
  const behindMs = await catchUp(server.bidder, lotId, (loads + 1) * AMOUNTS);
  // With the read models: what a bid costs is paid when it shows everywhere.
  const used = processorSeconds(server.pid) - usedBefore;
  const during = (name: string) => after.sum(name) - before.sum(name);
  return {
    value: sent.requestsPerSecond,
    details: {
      'p50, ms': sent.p50Ms,
      'p99, ms': sent.p99Ms,
      'processor time a bid, µs': (used / sent.requests) * 1e6,
      'event-loop delay p99, ms': Math.max(0, after.sum('nodejs_eventloop_lag_p99_seconds') * 1_000 - LOOP_SAMPLING_MS),
      'events a commit': during('gavel_store_commit_events_sum') / during('gavel_store_commit_events_count'),
      'projection lag at the end, events': Math.max(...after.values('gavel_projection_lag_events')),
      'read models caught up after, ms': behindMs,
    },
  };
}
