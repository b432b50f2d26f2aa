import type { Benchmark } from '../benchmark.js';
import { gavelLoad } from '../http/gavel-load.js';
import { GavelServer } from '../http/gavel-server.js';
import { interleave } from '../interleave.js';

const LOTS = 1_000;
const SERVER = [0];
const CLIENT = [1];

/** The same bids over many lots in turns: as fast as on one. */
export const manyLots: Benchmark = {
  name: 'many-lots',
  tools: ['wrk', 'taskset'],
  async run(run) {
    const { scope, seconds, quick } = run;
    const server = await GavelServer.start(scope, SERVER);
    const hot = await server.openLots(1);
    const many = await server.openLots(quick ? LOTS / 10 : LOTS);
    const load = (lotIds: readonly string[]) => gavelLoad(run, { server, lotIds, seconds, cores: CLIENT });
    await load(hot);
    await load(many);
    const comparison = await interleave(run, {
      benchmark: 'many-lots',
      what: `${many.length} lots in turns against one, server on one core`,
      goal: { atLeast: 0.9 },
      ours: { name: 'many lots', unit: 'bids/s', measure: () => load(many) },
      limit: { name: 'one lot', unit: 'bids/s', measure: () => load(hot) },
    });
    return [comparison];
  },
};
