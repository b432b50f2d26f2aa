import type { Benchmark, Comparison, Measured, Run } from '../benchmark.js';
import { gavelLoad } from '../http/gavel-load.js';
import { GavelServer } from '../http/gavel-server.js';
import { Metrics } from '../http/metrics.js';
import { interleave } from '../interleave.js';
import { startEventStoreDouble } from '../process/event-store-double.js';

const INSTANCES = 3;
const LOTS = 1_000;
const BOTH = [0, 1];
/** Until the code of all processes is compiled: each of three gets a third of the bids. */
const WARM_SECONDS = 12;
const ALIAS_KEY = 'an-alias-key-for-the-bench';

/** Three instances on one event store against one, on the same two cores: what they lose by writing the same lots. */
export const instances: Benchmark = {
  name: 'instances',
  tools: ['wrk', 'taskset'],
  async run(run) {
    const several = await start(run, INSTANCES);
    const single = await start(run, 1);
    const comparisons: Comparison[] = [];
    for (const [count, atLeast] of [
      [1, 0.8],
      [run.quick ? LOTS / 10 : LOTS, 1],
    ] as const) {
      const ours = await openLots(several, count);
      const theirs = await openLots(single, count);
      const warming = { ...run, seconds: run.quick ? 1 : WARM_SECONDS };
      await load(warming, several, ours);
      await load(warming, single, theirs);
      comparisons.push(
        await interleave(run, {
          benchmark: 'instances',
          what: count === 1 ? 'one hot lot' : `${count} lots in turns`,
          goal: { atLeast },
          ours: { name: `${INSTANCES} instances`, unit: 'bids/s', measure: () => load(run, several, ours) },
          limit: { name: 'one instance', unit: 'bids/s', measure: () => load(run, single, theirs) },
        }),
      );
    }
    return comparisons;
  },
};

async function start({ scope }: Run, count: number): Promise<GavelServer[]> {
  const url = await startEventStoreDouble(scope);
  // A commit that is slow on a busy machine is to be measured, not spooled.
  const env = { EVENTSTORE_URL: url, GAVEL_ALIAS_KEY: ALIAS_KEY, GAVEL_SPOOL_AFTER_MS: '30000' };
  return Promise.all(Array.from({ length: count }, () => GavelServer.start(scope, BOTH, env)));
}

const openLots = (servers: readonly GavelServer[], count: number): Promise<string[]> =>
  (servers[0] as GavelServer).openLots(count);

/** The same load on each at once; answers the sum of what was accepted. */
async function load(run: Run, servers: readonly GavelServer[], lotIds: readonly string[]): Promise<Measured> {
  const { seconds } = run;
  const scrape = () => Promise.all(servers.map(({ url }) => Metrics.scrape(url)));
  const sum = (all: readonly Metrics[], name: string) => all.reduce((total, metrics) => total + metrics.sum(name), 0);
  const before = await scrape();
  const found = await Promise.all(servers.map((server) => gavelLoad(run, { server, lotIds, seconds, cores: BOTH })));
  const after = await scrape();
  const during = (name: string) => sum(after, name) - sum(before, name);
  const commits = during('gavel_store_commit_events_count');
  return {
    value: found.reduce((total, { value }) => total + value, 0),
    details: {
      'events a commit': during('gavel_store_commit_events_sum') / commits,
      'conflicts a commit': during('gavel_append_conflicts_total') / commits,
      'slowest p99, ms': Math.max(...found.map(({ details }) => details['p99, ms'] ?? 0)),
    },
  };
}
