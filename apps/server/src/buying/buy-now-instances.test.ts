import { checkHistory } from '#testing/history/check-history.js';
import { Recorder } from '#testing/history/recorder.js';
import { describeWith } from '#testing/needs.js';
import { RedisServer, redisNeeds } from '#testing/redis-server.js';
import { until } from '#testing/until.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { Instances } from '../testing/instances.js';

const INSTANCES = [0, 1, 2];
const BUYERS = 40;
const PATIENCE_MS = 45_000;

describeWith(redisNeeds, 'buying through three instances on one event store and one Redis', () => {
  let redis: RedisServer;
  let instances: Instances;
  let keys: { readonly name: string; readonly key: string | null }[];
  beforeAll(async () => {
    redis = await RedisServer.start();
    instances = await Instances.start(INSTANCES.length, { REDIS_URL: redis.url });
    const [admin] = instances.admins as [GavelClient];
    keys = await Promise.all(
      Array.from({ length: BUYERS }, async (_, i) => {
        const name = `buyer-${i}`;
        return { name, key: (await admin.newCaller('bidder', name)).key };
      }),
    );
  }, 200_000);
  afterAll(async () => {
    await instances.stop();
    await redis.stop();
  }, 30_000);

  /**
   * Every buyer wants `wanted` units, one by one, each under a key: what was not answered is asked for again with the same key at
   * another instance. Ends when the buyer has them, or the lot is sold out.
   */
  async function crowd(lotId: string, wanted: number, recorder: Recorder): Promise<void> {
    const buyUnit = async (buyer: number, unit: number): Promise<number | null> => {
      const { name, key } = keys[buyer] as (typeof keys)[number];
      for (let turn = buyer; ; turn += 1) {
        const client = (instances.admins[turn % INSTANCES.length] as GavelClient).as(key);
        const answer = await recorder.record({ kind: 'purchase', caller: name, value: 1 }, () =>
          client.post(`/api/lots/${lotId}/purchases`, { quantity: 1 }, { 'idempotency-key': `${name}-${unit}` }),
        );
        if (answer !== null && answer.status !== 503) return answer.status;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.all(
      keys.map(async (_, buyer) => {
        for (let unit = 0; unit < wanted; unit += 1) if ((await buyUnit(buyer, unit)) !== 201) return;
      }),
    );
  }
  const soldBy = ({ operations }: Recorder) => operations.filter(({ status }) => status === 201).length;

  /** Every unit was sold once, everybody was told what is stored, and all instances know that nothing is left. */
  async function allSold(lotId: string, { operations }: Recorder, quantity: number): Promise<void> {
    const events = await instances.stream(`lot-${lotId}`);
    expect(checkHistory(operations, events)).toEqual([]);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === 'ItemBought')).toHaveLength(quantity);
    expect(types.filter((type) => type === 'OutOfStock')).toHaveLength(1);
    const told = operations.filter(({ status }) => status === 201).map(({ body }) => body['purchaseId']);
    expect(new Set(told).size).toBe(quantity);
    for (const admin of instances.admins) {
      await until(async () => (await admin.lot(lotId)).buyNow?.available === 0, PATIENCE_MS);
    }
    await until(async () => ((await redis.client.hget(`stock:${lotId}`, 'held')) ?? '0') === '0', PATIENCE_MS);
  }

  it('sells every unit once and nobody more than the limit', async () => {
    const { lotId } = await instances.openLot({ buyNow: { price: 500, quantity: 60, limitPerBuyer: 2 } });
    const recorder = new Recorder();
    await crowd(lotId, 3, recorder);
    await allSold(lotId, recorder, 60);
    expect(new Set(recorder.operations.map(({ status }) => status))).toEqual(new Set([201, 409]));
  }, 120_000);

  it('does so while Redis forgets all it holds, dies and comes back, and an instance is killed and started again', async () => {
    const { lotId } = await instances.openLot({ buyNow: { price: 500, quantity: 400 } });
    const recorder = new Recorder();
    const buying = crowd(lotId, 11, recorder);
    const sold = (units: number) => until(() => soldBy(recorder) >= units, PATIENCE_MS);
    await sold(40);
    await redis.flush();
    await sold(80);
    await instances.servers[1]?.end('SIGKILL');
    await sold(120);
    await redis.kill();
    await instances.startOne(1);
    await sold(200);
    await redis.restartEmpty();
    await buying;
    await allSold(lotId, recorder, 400);
  }, 200_000);
});
