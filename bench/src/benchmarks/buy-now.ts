import type { Benchmark, Comparison, Measured, Run } from '../benchmark.js';
import { startFastifyLimit } from '../http/fastify-limit.js';
import { gavelLoad } from '../http/gavel-load.js';
import { GavelServer } from '../http/gavel-server.js';
import { makeBuyers, storm } from '../http/storm.js';
import { type LoadFound, sendPurchases } from '../http/wrk.js';
import { interleave } from '../interleave.js';
import { processorSeconds } from '../process/processor-time.js';

const BUYERS = 5_000;
const UNITS = 100;
/** More than any load buys. */
const LARGE_STOCK = 1_000_000;
const SERVER = [0];
const CLIENT = [1];

/** Buying at a fixed price: a crowd for few units, those who come too late, and purchases as fast as they can be made. */
export const buyNow: Benchmark = {
  name: 'buy-now',
  tools: ['wrk', 'taskset'],
  async run(run) {
    const server = await GavelServer.start(run.scope, SERVER);
    return [await crowd(run, server), await soldOut(run, server), await largeStock(run, server)];
  },
};

async function crowd(run: Run, server: GavelServer): Promise<Comparison> {
  const [buyers, units] = run.quick ? [BUYERS / 10, UNITS / 10] : [BUYERS, UNITS];
  const keys = await makeBuyers(server, buyers);
  return interleave(run, {
    benchmark: 'buy-now',
    what: `${buyers.toLocaleString('en-US')} buyers at once for ${units} units`,
    goal: { atLeast: 1 },
    ours: { name: 'sold', unit: 'units', measure: () => storm(server, keys, units) },
    limit: { name: 'there are', unit: 'units', measure: async () => ({ value: units, details: {} }) },
  });
}

async function soldOut(run: Run, server: GavelServer): Promise<Comparison> {
  const { scope, seconds } = run;
  const limit = await startFastifyLimit(scope, SERVER);
  const lotId = await server.openStock(2);
  await server.bidder.expect(201, server.bidder.post(`/api/lots/${lotId}/purchases`, { quantity: 2 }));
  const { code } = await server.bidder.expect(409, server.bidder.post(`/api/lots/${lotId}/purchases`, {}));
  if (code !== 'sold-out') throw new Error(`a lot without units was answered with ${code}`);
  const load = { credential: `Bearer ${server.bidder.key}`, lotIds: [lotId], seconds, cores: CLIENT };
  const refused = (url: string, pid: number) => measured(pid, () => sendPurchases(scope, { ...load, url }, 'refused'));
  const ours = () => refused(server.url, server.pid);
  const theirs = () => refused(limit.url, limit.child.pid as number);
  await ours();
  await theirs();
  const comparison = await interleave(run, {
    benchmark: 'buy-now',
    what: 'sold out: a refusal, server on one core',
    goal: { atLeast: 0.7 },
    ours: { name: 'Gavel', unit: 'refusals/s', measure: ours },
    limit: { name: 'Fastify', unit: 'requests/s', measure: theirs },
  });
  await scope.end(limit.child);
  return comparison;
}

async function largeStock(run: Run, server: GavelServer): Promise<Comparison> {
  const { scope, seconds } = run;
  const { url, bidder, pid } = server;
  const [bidLot] = await server.openLots(1);
  const buy = async () => {
    const lotIds = [await server.openStock(LARGE_STOCK)];
    const load = { url, credential: `Bearer ${bidder.key}`, lotIds, seconds, cores: CLIENT };
    return measured(pid, () => sendPurchases(scope, load, 'accepted'));
  };
  const bid = () => gavelLoad(run, { server, lotIds: [bidLot as string], seconds, cores: CLIENT });
  await buy();
  await bid();
  return interleave(run, {
    benchmark: 'buy-now',
    what: 'purchases of a large stock against bids, both durable, server on one core',
    goal: { atLeast: 0.5 },
    ours: { name: 'purchases', unit: 'purchases/s', measure: buy },
    limit: { name: 'bids', unit: 'bids/s', measure: bid },
  });
}

async function measured(pid: number, load: () => Promise<LoadFound>): Promise<Measured> {
  const usedBefore = processorSeconds(pid);
  const { requests, requestsPerSecond, p50Ms, p99Ms } = await load();
  const used = processorSeconds(pid) - usedBefore;
  return {
    value: requestsPerSecond,
    details: { 'p50, ms': p50Ms, 'p99, ms': p99Ms, 'processor time a request, µs': (used / requests) * 1e6 },
  };
}
