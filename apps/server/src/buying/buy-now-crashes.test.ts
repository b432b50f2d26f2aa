import { rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { lotStream } from '#contracts/ids.js';
import { CONFIRM, RELEASE, RESERVE } from '#coordination/redis/stock-scripts.js';
import { describeWith } from '#testing/needs.js';
import { RedisServer, redisNeeds } from '#testing/redis-server.js';
import { eventsOf } from '../testing/events-of.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RedisTap } from '../testing/redis-tap.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';

describeWith(redisNeeds, 'buying from the real process with a real Redis', () => {
  let redis: RedisServer;
  let dataDir: string;
  let server: ServerProcess;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  beforeEach(async () => {
    await redis.flush();
    dataDir = await emptyDirectory();
  });
  afterEach(async () => {
    await server.end('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });
  afterAll(() => redis.stop());

  const stored = async (lotId: string) => {
    const types = (await eventsOf(dataDir, lotStream(lotId))).map(({ type }) => type);
    const count = (wanted: string) => types.filter((type) => type === wanted).length;
    return { bought: count('ItemBought'), outOfStock: count('OutOfStock') };
  };

  it.each([
    ['between the reservation and the append', 'reply', RESERVE, 'ann', 0],
    ['between the append and the confirmation', 'request', CONFIRM, 'ann', 1],
    ['before the units of a refused purchase are given back', 'request', RELEASE, 'zoe', 0],
  ] as const)(
    'neither oversells nor keeps a unit back when it is killed %s',
    async (_, side, script, buyer, kept) => {
      const tap = await RedisTap.start(redis.port);
      server = await ServerProcess.start(dataDir, { REDIS_URL: tap.url });
      const names = ['zoe', 'ann', 'bob', 'cat', 'dan'] as const;
      const keys: Record<string, string | null> = {};
      for (const name of names) keys[name] = (await server.admin.newCaller('bidder', name)).key;
      const { lotId } = await server.admin.openLot({ buyNow: { price: 500, quantity: 3, limitPerBuyer: 1 } });
      const buy = async (name: string) => {
        const { status, body } = await server.admin.as(keys[name] ?? null).post(`/api/lots/${lotId}/purchases`, {});
        return status === 201 ? 'bought' : body.code;
      };
      // All scripts have run once, so that Redis knows them.
      expect([await buy('zoe'), await buy('zoe')]).toEqual(['bought', 'purchase-limit-exceeded']);

      const killed = new Promise<void>((resolve) => {
        tap.on(side, script, () => void server.end('SIGKILL').then(() => resolve()));
      });
      await Promise.all([buy(buyer).catch(() => 'no answer'), killed]);
      expect(await stored(lotId)).toEqual({ bought: 1 + kept, outOfStock: 0 });

      server = await ServerProcess.start(dataDir, { REDIS_URL: tap.url });
      const outcomes = [await buy('bob'), await buy('cat'), await buy('dan')];
      expect(outcomes.filter((outcome) => outcome === 'bought')).toHaveLength(2 - kept);
      expect(outcomes.filter((outcome) => outcome === 'sold-out')).toHaveLength(1 + kept);
      expect(await stored(lotId)).toEqual({ bought: 3, outOfStock: 1 });
      expect(await redis.client.hgetall(`stock:${lotId}`)).toMatchObject({ quantity: '3', sold: '3', held: '0' });
      tap.close();
    },
    60_000,
  );

  it('sells exactly 100 units of 5,000 asked for by 50 buyers, 500 at once, while Redis forgets everything again and again', async () => {
    server = await ServerProcess.start(dataDir, { REDIS_URL: redis.url });
    const { lotId } = await server.admin.openLot({ buyNow: { price: 500, quantity: 100 } });
    const buyers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => server.admin.newCaller('bidder', `buyer-${i}`)),
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 500 });
    let done = false;
    const forgetting = (async () => {
      while (!done) {
        await redis.flush();
        await sleep(5);
      }
    })();
    const answers = await Promise.all(
      Array.from({ length: 5_000 }, (_, i) => purchase(buyers[i % buyers.length] as GavelClient, lotId, agent)),
    );
    done = true;
    await forgetting;
    agent.destroy();
    expect(countBy(answers)).toEqual({ '201': 100, '409 sold-out': 4_900 });
    expect(await stored(lotId)).toEqual({ bought: 100, outOfStock: 1 });
  }, 60_000);
});

/** `fetch` would open a connection for each of thousands of requests. */
function purchase({ url, key }: GavelClient, lotId: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const sent = request(`${url}/api/lots/${lotId}/purchases`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => {
        const { statusCode } = response;
        resolve(statusCode === 201 ? '201' : `${statusCode} ${JSON.parse(text).code}`);
      });
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
