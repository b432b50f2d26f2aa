import { join } from 'node:path';
import type { Benchmark, Measured } from '../benchmark.js';
import { interleave } from '../interleave.js';
import { inProcess } from '../process/subject.js';
import type { Filled, FillTask } from '../subjects/fill-store.js';
import type { PassTask } from '../subjects/rebuild-pass.js';

const LOTS = 300;
const BIDS = 300_000;

/** All read models from the first event on: against a scan that only parses. */
export const rebuild: Benchmark = {
  name: 'rebuild',
  tools: [],
  async run(run) {
    const { scope, quick } = run;
    const directory = scope.directory('rebuild');
    const bids = quick ? BIDS / 10 : BIDS;
    await inProcess<FillTask, Filled>(scope, 'fill-store', { directory, lots: LOTS, bids, proxies: true });
    const pass = (program: string) => inProcess<PassTask, Measured>(scope, program, { directory });
    const build = async () => {
      const built = await pass('rebuild-pass');
      scope.remove(join(directory, 'read-models'));
      return built;
    };
    const comparison = await interleave(run, {
      benchmark: 'rebuild',
      what: `${bids.toLocaleString('en-US')} bids on ${LOTS} lots, all read models in one pass`,
      goal: { atLeast: 0.5 },
      ours: { name: 'rebuild', unit: 'events/s', measure: build },
      limit: { name: 'bare scan', unit: 'events/s', measure: () => pass('bare-scan') },
    });
    return [comparison];
  },
};
