import { setTimeout as sleep } from 'node:timers/promises';
import { lotStream } from '#contracts/ids.js';
import { HOLD_MS } from '#coordination/stock.js';
import { describeWith } from '#testing/needs.js';
import { RedisServer, redisNeeds } from '#testing/redis-server.js';
import { until } from '#testing/until.js';
import { BadSetting, readSettings } from '../settings.js';
import { eventsOf } from '../testing/events-of.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';

describe('REDIS_URL', () => {
  it.each(['localhost:6379', 'http://localhost:6379', 'redis:'])('is refused at the start as %s', (url) => {
    expect(() => readSettings({ REDIS_URL: url })).toThrow(BadSetting);
    expect(() => readSettings({ REDIS_URL: url })).toThrow(/^REDIS_URL /);
  });

  it.each(['redis://localhost:6379', 'rediss://user:secret@redis.example:6380/2'])('may be %s', (url) => {
    expect(readSettings({ REDIS_URL: url }).redisUrl).toBe(url);
  });
});

describeWith(redisNeeds, 'a server on Redis', () => {
  let redis: RedisServer;
  let running: RunningServer;
  let admin: GavelClient;
  let ada: GavelClient;
  beforeAll(async () => {
    redis = await RedisServer.start();
    running = await RunningServer.start({ REDIS_URL: redis.url });
    admin = running.admin;
    ada = await admin.newCaller('bidder', 'ada');
  });
  afterAll(async () => {
    await running.stop();
    await redis.stop();
  });
  beforeEach(() => until(async () => (await readiness()) === 'ok'));

  const readiness = async () => {
    const { status, body } = await admin.get('/health/ready');
    expect({ status, said: body.status }).toEqual({ status: 200, said: 'ok' });
    return body.checks.redis;
  };
  const buy = (lotId: string, quantity = 1) => ada.post(`/api/lots/${lotId}/purchases`, { quantity });
  const buyMany = async (lotId: string, times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => buy(lotId)));
    return answers.map(({ status, body }) => (status === 201 ? 'bought' : body.code));
  };
  const soldUnits = async (lotId: string) =>
    (await eventsOf(running.dataDir, lotStream(lotId))).filter(({ type }) => type === 'ItemBought').length;
  const stockOf = (lotId: string) => redis.client.hgetall(`stock:${lotId}`);

  it('takes bids, each under a number that all instances share', async () => {
    const { lotId } = await admin.openLot();
    const bids = await Promise.all(Array.from({ length: 50 }, (_, i) => ada.bid(lotId, 200 + i)));
    expect(bids.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(Array.from(bids, (_, i) => i + 1));
    expect(await redis.client.get(`bid:seq:${lotId}`)).toBe('50');
  });

  it('takes bids as well while Redis is down, and goes on above them when it is back with nothing', async () => {
    const { lotId } = await admin.openLot();
    const sequences: number[] = [];
    const bid = async () => sequences.push((await ada.bid(lotId, 200 + sequences.length)).sequence);
    await bid();
    await redis.kill();
    for (let i = 0; i < 5; i += 1) await bid();
    expect(await readiness()).not.toBe('ok');
    await redis.restartEmpty();
    await until(async () => (await readiness()) === 'ok');
    await bid();
    await bid();
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await redis.client.get(`bid:seq:${lotId}`)).toBe('8');
  });

  it('sells every unit and none twice while Redis is down, without becoming unready, and tells it when it is back', async () => {
    const { lotId } = await admin.openLot({ buyNow: { price: 500, quantity: 10 } });
    await buyMany(lotId, 4);
    await redis.kill();
    expect(await buyMany(lotId, 3)).toEqual(['bought', 'bought', 'bought']);
    expect(await readiness()).not.toBe('ok');
    await redis.restartEmpty();
    await until(async () => (await readiness()) === 'ok');
    expect(await buyMany(lotId, 1)).toEqual(['bought']);
    await until(async () => (await stockOf(lotId))['sold'] === '8');
    expect((await buyMany(lotId, 4)).sort()).toEqual(['bought', 'bought', 'sold-out', 'sold-out']);
    expect(await soldUnits(lotId)).toBe(10);
  });

  it('sells on while Redis hangs for longer than it would hold units', async () => {
    const { lotId } = await admin.openLot({ buyNow: { price: 500, quantity: 6 } });
    await buyMany(lotId, 2);
    redis.freeze();
    const during = buyMany(lotId, 2);
    await sleep(HOLD_MS + 200);
    expect(await during).toEqual(['bought', 'bought']);
    expect(await buyMany(lotId, 1)).toEqual(['bought']);
    redis.thaw();
    await until(async () => (await readiness()) === 'ok');
    expect((await buyMany(lotId, 3)).sort()).toEqual(['bought', 'sold-out', 'sold-out']);
    expect(await soldUnits(lotId)).toBe(6);
  });

  it('neither oversells nor keeps a unit back when Redis fails over to an old copy', async () => {
    const { lotId } = await admin.openLot({ buyNow: { price: 500, quantity: 6 } });
    await buyMany(lotId, 1);
    // A hold of which nothing will be heard, in the copy.
    await redis.client.hset(`stock:${lotId}`, { held: 3, 'hold:gone': `3:${Date.now() + 60_000}` });
    await redis.snapshot();
    await buyMany(lotId, 2);
    await redis.restartFromSnapshot();
    await until(async () => (await readiness()) === 'ok');
    expect((await buyMany(lotId, 5)).sort()).toEqual(['bought', 'bought', 'bought', 'sold-out', 'sold-out']);
    expect(await soldUnits(lotId)).toBe(6);
    await until(async () => (await stockOf(lotId))['sold'] === '6');
    expect(await stockOf(lotId)).toMatchObject({ sold: '6', held: '0' });
  });

  it('answers the repeat of a purchase with the purchase, also when every unit is sold', async () => {
    const { lotId } = await admin.openLot({ buyNow: { price: 500, quantity: 2 } });
    const once = () => ada.post(`/api/lots/${lotId}/purchases`, { quantity: 2 }, { 'idempotency-key': 'mine' });
    const first = await once();
    expect(first.status).toBe(201);
    expect((await buy(lotId)).body.code).toBe('sold-out');
    expect(await once()).toMatchObject({ status: 201, body: first.body });
    expect(await soldUnits(lotId)).toBe(1);
  });

  it('checks who asks and what for before it says that a lot is sold out', async () => {
    const { lotId } = await admin.openLot({ buyNow: { price: 500, quantity: 2 } });
    await buy(lotId, 2);
    const path = `/api/lots/${lotId}/purchases`;
    expect(await buy(lotId)).toMatchObject({ status: 409, body: { code: 'sold-out', title: 'Conflict', status: 409 } });
    expect((await buy(lotId)).headers.get('content-type')).toContain('application/problem+json');
    expect((await buy(lotId, 0)).body).toMatchObject({ code: 'validation-failed', errors: [{ field: 'quantity' }] });
    expect((await admin.as(null).post(path, {})).status).toBe(401);
    expect((await admin.post(path, {})).status).toBe(403);
    expect((await ada.post(path, {}, { 'if-match': '"0"' })).status).toBe(412);
  });

  it('tells Prometheus how Redis answers and what the stock said', async () => {
    const { lotId } = await admin.openLot({ buyNow: { price: 500, quantity: 2 } });
    await buyMany(lotId, 4);
    const { body } = await admin.get('/metrics');
    for (const line of [
      'gavel_redis_answer_seconds_count{script="reserve"}',
      'gavel_redis_answer_seconds_count{script="draw"}',
      'gavel_redis_fallbacks_total{script="reserve"}',
      'gavel_stock_reservations_total{outcome="unknown"}',
      'gavel_stock_reservations_total{outcome="sold-out"}',
    ]) {
      expect(body).toContain(line);
    }
  });
});
