import { cpSync } from 'node:fs';
import type { Benchmark, Measured } from '../benchmark.js';
import { interleave } from '../interleave.js';
import { inProcess } from '../process/subject.js';
import type { Filled, FillTask } from '../subjects/fill-store.js';
import type { LotBidsTask } from '../subjects/lot-bids.js';

const BIDS = 100_000;
const IN_FLIGHT = 256;

/** A lot with a long history takes bids as fast as a new one; only the first load after a start reads the history. */
export const longLot: Benchmark = {
  name: 'long-lot',
  tools: [],
  async run(run) {
    const { scope, seconds, quick } = run;
    const filled = scope.directory('long-lot');
    const bids = quick ? BIDS / 10 : BIDS;
    const fill: FillTask = { directory: filled, lots: 1, bids, proxies: false };
    const { lotIds } = await inProcess<FillTask, Filled>(scope, 'fill-store', fill);
    const [lotId] = lotIds as [string];
    // Each on a copy: a lot that the round before had made longer would be another lot.
    const load = async (lots: LotBidsTask['lots']) => {
      const directory = scope.directory('long-lot-copy');
      cpSync(filled, directory, { recursive: true });
      const task = { directory, lots, inFlight: IN_FLIGHT, seconds, warmUpSeconds: quick ? 0.5 : 2 };
      const found = await inProcess<LotBidsTask, Measured>(scope, 'lot-bids', task);
      scope.remove(directory);
      return found;
    };
    const comparison = await interleave(run, {
      benchmark: 'long-lot',
      what: `a lot with ${bids.toLocaleString('en-US')} bids against a new one`,
      goal: { atLeast: 0.9 },
      ours: { name: 'long lot', unit: 'bids/s', measure: () => load({ lotId }) },
      limit: { name: 'new lot', unit: 'bids/s', measure: () => load(1) },
    });
    return [comparison];
  },
};
