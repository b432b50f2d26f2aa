import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith } from './needs.js';
import { RedisServer, redisNeeds } from './redis-server.js';

describeWith(redisNeeds, 'a Redis for tests', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.stop());

  it('forgets what it is told to forget', async () => {
    await redis.client.set('a', '1');
    await redis.flush();
    expect(await redis.client.get('a')).toBe(null);
  });

  it('comes back from a snapshot behind what it knew, or empty', async () => {
    await redis.client.set('a', '1');
    await redis.snapshot();
    await redis.client.set('a', '2');
    await redis.restartFromSnapshot();
    expect(await redis.client.get('a')).toBe('1');
    await redis.restartEmpty();
    expect(await redis.client.get('a')).toBe(null);
  });

  it('answers nothing while it is frozen', async () => {
    redis.freeze();
    const answer = redis.client.ping();
    expect(await Promise.race([answer, sleep(100, 'nothing')])).toBe('nothing');
    redis.thaw();
    expect(await answer).toBe('PONG');
  });
});
