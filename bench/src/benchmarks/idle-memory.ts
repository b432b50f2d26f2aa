import type { Benchmark, Measured, Run } from '../benchmark.js';
import { interleave } from '../interleave.js';
import { inProcess } from '../process/subject.js';
import type { Touched, TouchTask } from '../subjects/touch-lots.js';

const LOTS = 100_000;
const IDLE_MS = 1_000;

/** Many lots touched, then idle: no state of a lot is left, and the heap is as it was. */
export const idleMemory: Benchmark = {
  name: 'idle-memory',
  tools: [],
  async run(run) {
    const lots = run.quick ? LOTS / 10 : LOTS;
    // Both heaps are of the same process: the one before is taken from what the first side measured.
    let before: Measured | undefined;
    const after = async (): Promise<Measured> => {
      const found = await touch(run, lots);
      if (found.heldAfter !== 0) throw new Error(`${found.heldAfter} idle streams are still held`);
      before = { value: found.before, details: {} };
      const { after: value, heldBusy, busy } = found;
      return {
        value,
        details: { 'held streams while busy': heldBusy, 'held streams, idle': 0, 'heap while busy, MiB': busy },
      };
    };
    const comparison = await interleave(run, {
      benchmark: 'idle-memory',
      what: `heap after ${lots.toLocaleString('en-US')} lots were touched and idle`,
      goal: { atMost: 1.1 },
      ours: { name: 'after', unit: 'MiB', measure: after },
      limit: { name: 'before', unit: 'MiB', measure: async () => before as Measured },
    });
    return [comparison];
  },
};

async function touch({ scope }: Run, lots: number): Promise<Touched> {
  const directory = scope.directory('idle');
  const task = { directory, lots, idleMs: IDLE_MS };
  const found = await inProcess<TouchTask, Touched>(scope, 'touch-lots', task, ['--expose-gc']);
  scope.remove(directory);
  return found;
}
