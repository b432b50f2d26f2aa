import type { Benchmark, Comparison, Measured, Run } from '../benchmark.js';
import { interleave } from '../interleave.js';
import { startEventStoreDouble } from '../process/event-store-double.js';
import { inProcess } from '../process/subject.js';
import type { LotBidsTask } from '../subjects/lot-bids.js';

interface Variant {
  readonly what: string;
  readonly lots: number;
  readonly inFlight: number;
}

const variants = (quick: boolean): readonly Variant[] => [
  { what: 'one bid at a time', lots: 1, inFlight: 1 },
  { what: 'one lot, 256 bids in flight', lots: 1, inFlight: 256 },
  { what: 'many lots, 256 bids in flight', lots: quick ? 100 : 1_000, inFlight: 256 },
];

/**
 * What the way to EventStoreDB costs a bid: over gRPC to the double, which writes to the same disk and does hardly anything
 * else, beside the embedded store. Each append is two calls: the append, and the read of what it became.
 */
export const eventStoreHop: Benchmark = {
  name: 'eventstore-hop',
  tools: [],
  async run(run) {
    const comparisons: Comparison[] = [];
    for (const { what, ...pressure } of variants(run.quick)) {
      const eventStoreUrl = await startEventStoreDouble(run.scope);
      comparisons.push(
        await interleave(run, {
          benchmark: 'eventstore-hop',
          what,
          goal: null,
          ours: { name: 'over gRPC', unit: 'bids/s', measure: () => bids(run, { ...pressure, eventStoreUrl }) },
          limit: { name: 'embedded', unit: 'bids/s', measure: () => bids(run, pressure) },
        }),
      );
    }
    return comparisons;
  },
};

async function bids(
  { scope, seconds, quick }: Run,
  where: { readonly lots: number; readonly inFlight: number; readonly eventStoreUrl?: string },
): Promise<Measured> {
  const directory = scope.directory('store');
  const task: LotBidsTask = { ...where, directory, seconds, warmUpSeconds: quick ? 0.5 : 2 };
  const { value, details } = await inProcess<LotBidsTask, Measured>(scope, 'lot-bids', task);
  scope.remove(directory);
  return { value, details: { ...details, 'time a bid, µs': 1e6 / value } };
}
