import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kafka } from 'kafkajs';
import type { AnalyticsAnswer } from '#contracts/http/analytics.js';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import { KafkaBroker, kafkaNeeds } from '#messaging/testing/kafka-broker.js';
import { describeWith } from '#testing/needs.js';
import { until } from '#testing/until.js';
import { partnerTruth } from '../testing/partner-truth.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';
import { foldWindows } from './testing/fold-windows.js';
import { rangeOf } from './windows.js';

const WAIT_MS = 60_000;

describeWith(kafkaNeeds, 'analytics on Kafka', () => {
  let broker: KafkaBroker;
  let dataDir: string;
  let server: ServerProcess;

  beforeAll(async () => {
    [broker, dataDir] = await Promise.all([KafkaBroker.start(), emptyDirectory()]);
    await start();
  }, 120_000);
  afterAll(async () => {
    await server?.end('SIGKILL');
    await broker?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    server = await ServerProcess.start(dataDir, { KAFKA_BROKERS: broker.address });
  };
  const answer = async (query: string) => {
    const { status, body } = await server.admin.get<AnalyticsAnswer>(`/api/analytics?${query}`);
    expect(status).toBe(200);
    return body;
  };

  /** Bids, a purchase that ends a lot, units of another, and results. */
  async function auction(currency: string) {
    const { admin } = server;
    const { auctionId } = await admin.createAuction({ title: 'An auction', currency });
    const bidden = await admin.addLot(auctionId);
    const sole = await admin.addLot(auctionId, { buyNow: { price: 700, quantity: 1 } });
    const many = await admin.addLot(auctionId, { buyNow: { price: 30, quantity: 5 } });
    await admin.addLot(auctionId);
    await admin.run(auctionId, 'start');
    const bidder = await admin.newCaller('bidder', `ada-of-${auctionId}`);
    for (let amount = 200; amount < 2_000; amount += 100) await bidder.bid(bidden.lotId, amount);
    await bidder.expect(201, bidder.post(`/api/lots/${sole.lotId}/purchases`, { quantity: 1 }));
    for (const quantity of [4, 1]) {
      await bidder.expect(201, bidder.post(`/api/lots/${many.lotId}/purchases`, { quantity }));
    }
    await admin.run(auctionId, 'end');
    return auctionId;
  }

  async function expectExact(auctionId?: string) {
    const reader = openEmbeddedReader(dataDir);
    const events = (await partnerTruth(reader).finally(() => reader.close())).map((text) => JSON.parse(text));
    const first = Date.parse(events[0].timestamp);
    const to = Date.parse(events.at(-1).timestamp) + 1;
    const query = `from=${new Date(first).toISOString()}&to=${new Date(to).toISOString()}`;
    for (const size of ['minute', 'hour', 'day'] as const) {
      const expected = foldWindows(events, rangeOf(size, first, to), auctionId);
      const own = auctionId === undefined ? '' : `&auctionId=${auctionId}`;
      const { live: _, asOf: __, ...windows } = await answer(`window=${size}&${query}${own}`);
      expect(windows).toEqual(expected);
    }
  }
  /** Auctions all of whose four lots are counted as settled. */
  const ended = async () => {
    const { lotsSold, lotsPassed } = (await answer('window=day')).totals;
    return (lotsSold + lotsPassed) / 4;
  };
  const isLive = async () => (await answer('')).live;

  it('counts what was bid, bought and sold as the events of the feed say, the price of a sole unit once', async () => {
    await until(isLive, WAIT_MS);
    const auctionId = await auction('EUR');
    await auction('JPY');
    await until(async () => (await ended()) === 2, WAIT_MS);
    await expectExact();
    await expectExact(auctionId);
    const { totals, asOf } = await answer(`window=day&auctionId=${auctionId}`);
    expect(totals).toMatchObject({ bids: 18, purchases: 6, lotsSold: 3, lotsPassed: 1 });
    expect(totals.revenue).toEqual([{ currency: 'EUR', amount: 1_900 + 700 + 5 * 30 }]);
    // These came from Kafka, and no batch has them yet.
    expect(Number(asOf.position)).toBeGreaterThan(Number(asOf.batchPosition));
    expect((await server.admin.get('/health/ready')).body.checks.analytics).toBe('ok');
    const metrics = async () => (await server.admin.as(null).get<string>('/metrics')).body;
    await until(async () => /^gavel_analytics_lag_seconds 0$/m.test(await metrics()), WAIT_MS);
  }, 120_000);

  it('goes on where it was killed, and makes what was lost with its file anew', async () => {
    await server.end('SIGKILL');
    await start();
    await until(isLive, WAIT_MS);
    await auction('EUR');
    await until(async () => (await ended()) === 3, WAIT_MS);
    await expectExact();
    await server.end('SIGKILL');
    for (const suffix of ['', '-wal', '-shm']) await rm(join(dataDir, `analytics.db${suffix}`), { force: true });
    await start();
    await until(async () => (await isLive()) && (await ended()) === 3, WAIT_MS);
    await expectExact();
  }, 120_000);

  it('counts all the same when the topic is made anew, and its offsets are others', async () => {
    await server.end('SIGKILL');
    const admin = new Kafka({ brokers: [broker.address], logLevel: 0 }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: ['auction-events'] });
    await admin.disconnect();
    await start();
    await until(isLive, WAIT_MS);
    await auction('EUR');
    await until(async () => (await ended()) === 4, WAIT_MS);
    await expectExact();
  }, 120_000);

  it('answers from the event store while Kafka is away, which readiness tells, and goes on with it', async () => {
    await broker.kill();
    await auction('EUR');
    await until(async () => (await server.admin.get('/health/ready')).body.checks.analytics !== 'ok', WAIT_MS);
    const { status, body } = await server.admin.get('/health/ready');
    expect([status, body.checks.analytics]).toEqual([200, expect.stringMatching(/^Kafka is not read: /)]);
    expect(await isLive()).toBe(false);
    await until(async () => (await ended()) === 5, WAIT_MS);
    await expectExact();
    await broker.resume();
    await until(isLive, WAIT_MS);
    await auction('EUR');
    await until(async () => (await ended()) === 6, WAIT_MS);
    await expectExact();
  }, 180_000);
});
