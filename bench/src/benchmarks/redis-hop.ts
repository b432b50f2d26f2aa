import type { Benchmark, Measured } from '../benchmark.js';
import { gavelLoad } from '../http/gavel-load.js';
import { GavelServer } from '../http/gavel-server.js';
import { Metrics } from '../http/metrics.js';
import { interleave } from '../interleave.js';
import { startRedis } from '../process/redis-server.js';

const SERVER = [0];
const CLIENT = [1];
const ANSWERS = 'gavel_redis_answer_seconds';

/** What it costs a bid that its number comes from a Redis on the same machine. */
export const redisHop: Benchmark = {
  name: 'redis-hop',
  tools: ['wrk', 'taskset', 'redis-server'],
  async run(run) {
    const { scope, seconds } = run;
    const port = await startRedis(scope, 'hints');
    const shared = await GavelServer.start(scope, SERVER, { REDIS_URL: `redis://127.0.0.1:${port}` });
    const alone = await GavelServer.start(scope, SERVER);
    const load = async (server: GavelServer): Promise<Measured> => {
      const lotIds = await server.openLots(1);
      return gavelLoad(run, { server, lotIds, seconds, cores: CLIENT });
    };
    const withRedis = async () => withAnswers(shared, () => load(shared));
    await withRedis();
    await load(alone);
    const comparison = await interleave(run, {
      benchmark: 'redis-hop',
      what: 'bids numbered by Redis against bids numbered by their stream, server on one core',
      goal: null,
      ours: { name: 'with Redis', unit: 'bids/s', measure: withRedis },
      limit: { name: 'without', unit: 'bids/s', measure: () => load(alone) },
    });
    return [comparison];
  },
};

/** Rejects when Redis was not asked, or did not always answer. */
async function withAnswers({ url }: GavelServer, load: () => Promise<Measured>): Promise<Measured> {
  const before = await Metrics.scrape(url);
  const { value, details } = await load();
  const after = await Metrics.scrape(url);
  const during = (name: string) => after.sum(name) - before.sumOr(name, 0);
  const answers = during(`${ANSWERS}_count`);
  const bids = during('gavel_bids_total');
  if (answers === 0 || after.sumOr('gavel_redis_fallbacks_total', 0) > 0) throw new Error('Redis did not answer');
  const answerMs = (during(`${ANSWERS}_sum`) / answers) * 1_000;
  return {
    value,
    details: { ...details, 'numbers a round trip': bids / answers, 'round trip to Redis, ms': answerMs },
  };
}
