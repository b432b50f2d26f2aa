import type { Benchmark, Comparison, Measured, Run } from '../benchmark.js';
import { interleave } from '../interleave.js';
import { startRedis } from '../process/redis-server.js';
import { inProcess } from '../process/subject.js';
import type { LotBidsTask } from '../subjects/lot-bids.js';
import type { RedisBidsTask } from '../subjects/redis-bids.js';

const IN_FLIGHT = 256;
const MANY = 1_000;

/** Bids without HTTP, durable: against a Redis script that records every bid with appendfsync always. */
export const inProcessBids: Benchmark = {
  name: 'in-process',
  tools: ['redis-server'],
  async run(run) {
    const port = await startRedis(run.scope, 'durable');
    const comparisons: Comparison[] = [];
    for (const lots of [1, run.quick ? MANY / 10 : MANY]) {
      const what = lots === 1 ? 'one lot' : `${lots} lots in turns`;
      const comparison = await interleave(run, {
        benchmark: 'in-process',
        what,
        goal: { atLeast: 1 },
        ours: { name: 'Gavel', unit: 'bids/s', measure: () => lotBids(run, lots) },
        limit: { name: 'Redis', unit: 'bids/s', measure: () => redisBids(run, port, lots) },
      });
      comparisons.push(comparison);
    }
    return comparisons;
  },
};

const pressure = ({ seconds, quick }: Run) => ({ inFlight: IN_FLIGHT, seconds, warmUpSeconds: quick ? 0.5 : 2 });

async function lotBids(run: Run, lots: number): Promise<Measured> {
  const directory = run.scope.directory('store');
  const task: LotBidsTask = { ...pressure(run), directory, lots };
  const found = await inProcess<LotBidsTask, Measured>(run.scope, 'lot-bids', task);
  run.scope.remove(directory);
  return found;
}

const redisBids = (run: Run, port: number, lots: number): Promise<Measured> =>
  inProcess<RedisBidsTask, Measured>(run.scope, 'redis-bids', { ...pressure(run), port, lots });
