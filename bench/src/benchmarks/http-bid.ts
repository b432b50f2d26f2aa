import type { Benchmark, Comparison, Goal, Measured, Run } from '../benchmark.js';
import type { Cores } from '../http/cores.js';
import { type FastifyLimit, startFastifyLimit } from '../http/fastify-limit.js';
import { gavelLoad } from '../http/gavel-load.js';
import { GavelServer } from '../http/gavel-server.js';
import { sendBids } from '../http/wrk.js';
import { interleave } from '../interleave.js';
import { processorSeconds } from '../process/processor-time.js';

/** A lot that Fastify is asked for: it knows none. */
const ANY_LOT = '019a0000-0000-7000-8000-000000000001';

interface Variant {
  readonly what: string;
  readonly server: Cores;
  readonly client: Cores;
  readonly goal: Goal;
}

const variants: readonly Variant[] = [
  { what: 'one lot, server on one core', server: [0], client: [1], goal: { atLeast: 0.4 } },
  { what: 'one lot, server and wrk on both cores', server: [0, 1], client: [0, 1], goal: null },
];

/** A bid over HTTP, durable, on one hot lot: against Fastify with a constant answer. */
export const httpBid: Benchmark = {
  name: 'http-bid',
  tools: ['wrk', 'taskset'],
  async run(run) {
    const comparisons: Comparison[] = [];
    for (const variant of variants) comparisons.push(await compare(run, variant));
    return comparisons;
  },
};

async function compare(run: Run, { what, server: cores, client, goal }: Variant): Promise<Comparison> {
  const { scope, seconds } = run;
  const server = await GavelServer.start(scope, cores);
  const limit = await startFastifyLimit(scope, cores);
  const lotIds = await server.openLots(1);
  const ours = () => gavelLoad(run, { server, lotIds, seconds, cores: client });
  const theirs = () => fastifyLoad(run, limit, server, client);
  // The first load of each compiles its code.
  await ours();
  await theirs();
  const comparison = await interleave(run, {
    benchmark: 'http-bid',
    what,
    goal,
    ours: { name: 'Gavel', unit: 'bids/s', measure: ours },
    limit: { name: 'Fastify', unit: 'requests/s', measure: theirs },
  });
  await server.stop(scope);
  await scope.end(limit.child);
  return comparison;
}

/** The very requests that Gavel gets. */
async function fastifyLoad(run: Run, limit: FastifyLimit, server: GavelServer, cores: Cores): Promise<Measured> {
  const usedBefore = processorSeconds(limit.child.pid as number);
  const { requests, requestsPerSecond, p50Ms, p99Ms } = await sendBids(run.scope, {
    url: limit.url,
    credential: `Bearer ${server.bidder.key}`,
    lotIds: [ANY_LOT],
    fromAmount: 10_000_000,
    seconds: run.seconds,
    cores,
  });
  const used = processorSeconds(limit.child.pid as number) - usedBefore;
  return {
    value: requestsPerSecond,
    details: { 'p50, ms': p50Ms, 'p99, ms': p99Ms, 'processor time a request, µs': (used / requests) * 1e6 },
  };
}
