import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import { KafkaBroker, kafkaNeeds } from '#messaging/testing/kafka-broker.js';
import { kcatNeeds, readCommitted } from '#messaging/testing/read-topic.js';
import { BidderAliases } from '#platform/bidder-aliases.js';
import { describeWith } from '#testing/needs.js';
import { until } from '#testing/until.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { byAuction, eventsInKafka, partnerTruth } from '../testing/partner-truth.js';
import { ALIAS_KEY } from '../testing/running-server.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';
import { ExampleConsumer, example } from './testing/example-consumer.js';

const TOPIC = 'auction-events';
const RESERVE = 77_777_777;
const MAXIMUM = 88_888_888;

describeWith({ ...kafkaNeeds, ...kcatNeeds }, 'partners on Kafka', () => {
  let broker: KafkaBroker;
  let dataDir: string;
  let server: ServerProcess;
  /** Begins before there is a topic. */
  let early: ExampleConsumer;
  let lotIds: string[];
  let auctionIds: string[];

  const start = () => ServerProcess.start(dataDir, { KAFKA_BROKERS: broker.address, GAVEL_LOG_LEVEL: 'info' });
  const truth = async () => {
    const reader = openEmbeddedReader(dataDir);
    return partnerTruth(reader).finally(() => reader.close());
  };

  /** An auction of an open lot and a proxy lot with a reserve, and bids of two bidders. */
  async function auction(admin: GavelClient, suffix: string) {
    const { auctionId } = await admin.createAuction();
    const open = await admin.addLot(auctionId);
    const proxy = await admin.addLot(auctionId, { bidPolicy: 'proxy', reserve: RESERVE });
    await admin.run(auctionId, 'start');
    const ada = await admin.newCaller('bidder', `ada-of-${suffix}`);
    const bob = await admin.newCaller('bidder', `bob-of-${suffix}`);
    for (let amount = 200; amount < 1_200; amount += 100) {
      await (amount % 200 === 0 ? ada : bob).bid(open.lotId, amount);
    }
    await ada.bid(proxy.lotId, MAXIMUM);
    await bob.bid(proxy.lotId, 150);
    await bob.bid(proxy.lotId, RESERVE + 100_000);
    auctionIds.push(auctionId);
    lotIds.push(open.lotId, proxy.lotId);
  }

  beforeAll(async () => {
    [lotIds, auctionIds] = [[], []];
    broker = await KafkaBroker.start({ createsTopics: true });
    early = new ExampleConsumer(broker.address, 'partner-early');
    dataDir = await emptyDirectory();
    server = await start();
    await auction(server.admin, 'one');
    await auction(server.admin, 'two');
    // The store and the relay die together and come back.
    await server.end('SIGKILL');
    server = await start();
    await auction(server.admin, 'three');
    for (const auctionId of auctionIds) await server.admin.run(auctionId, 'end');
    await until(async () => {
      const metrics = (await server.admin.get('/metrics')).body as string;
      return /^gavel_relay_lag_events 0$/m.test(metrics) && /^gavel_relay_active 1$/m.test(metrics);
    }, 90_000);
  }, 240_000);
  afterAll(async () => {
    await server?.end('SIGTERM');
    await broker?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('find every event of the store once, in order per auction, by kcat and by the documented consumer', async () => {
    const expected = byAuction(await truth());
    expect(byAuction(await eventsInKafka(broker.address, TOPIC))).toEqual(expected);
    const consumer = new ExampleConsumer(broker.address, 'partner-acme');
    const count = Object.values(expected).flat().length;
    await until(() => consumer.events.length >= count, 90_000);
    await consumer.stop();
    expect(byAuction(consumer.events)).toEqual(expected);
    for (const events of Object.values(expected)) {
      const types = events.map((event) => (JSON.parse(event) as { eventType: string }).eventType);
      expect(types[0]).toBe('AuctionCreated');
      expect(types.indexOf('AuctionStarted')).toBeLessThan(types.indexOf('BidPlaced'));
      expect(types.at(-1)).toBe('AuctionEnded');
    }
  }, 180_000);

  it('may begin before Gavel does, which makes the topic', async () => {
    const expected = byAuction(await truth());
    await until(() => early.events.length >= Object.values(expected).flat().length, 90_000);
    await early.stop();
    expect(byAuction(early.events)).toEqual(expected);
  }, 180_000);

  it('go on where they stopped, and share the partitions of a group', async () => {
    await auction(server.admin, 'four');
    const [four] = auctionIds.slice(-1);
    const expected = (await truth()).filter((event) => JSON.parse(event).auctionId === four);
    const pair = [1, 2].map(() => new ExampleConsumer(broker.address, 'partner-acme'));
    const seen = () => [...new Set(pair.flatMap(({ events }) => events))];
    await until(() => expected.every((event) => seen().includes(event)), 90_000);
    await Promise.all(pair.map((consumer) => consumer.stop()));
    // Nothing of the auctions that the group has read before.
    expect(seen().sort()).toEqual(expected.sort());
  }, 180_000);

  it('rebuild every winner from offset zero', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [example('rebuild-winners.mjs')], {
      env: { PATH: process.env['PATH'], KAFKA_BROKERS: broker.address },
      timeout: 40_000,
    });
    const { of } = new BidderAliases(ALIAS_KEY);
    const winners = JSON.parse(stdout.trim().split('\n').at(-1) as string);
    for (const [index, lotId] of lotIds.slice(0, 6).entries()) {
      const { body } = await server.admin.get(`/api/lots/${lotId}/result`);
      expect(body.state).toBe('sold');
      const auctionId = auctionIds[Math.floor(index / 2)] as string;
      expect(winners[lotId]).toEqual({ winnerId: of(body.winnerId, auctionId), amount: body.amount });
    }
    expect(Object.keys(winners)).toHaveLength(6);
  }, 180_000);

  it('never see a reserve that was not met, a maximum or a bidder, and find CloudEvents headers', async () => {
    const records = await readCommitted(broker.address, TOPIC);
    const text = JSON.stringify(records);
    for (const secret of [MAXIMUM, 'ada-of-', 'bob-of-', 'admin:']) expect(text).not.toContain(String(secret));
    for (const { key, payload, headers } of records) {
      const event = JSON.parse(payload);
      expect(key).toBe(event.auctionId);
      const names = ['ce_specversion', '1.0', 'ce_id', event.eventId, 'ce_type', event.eventType];
      expect(headers).toEqual([
        ...names,
        ...['ce_source', '/gavel', 'ce_time', event.timestamp],
        ...['ce_position', expect.stringMatching(/^\d+$/), 'content-type', 'application/json'],
      ]);
    }
    const { body } = await server.admin.get('/health/ready');
    expect(body.checks.relay).toBe('ok');
  });

  it('take bids while Kafka is away, which readiness tells, and get them when it is back', async () => {
    await broker.kill();
    await auction(server.admin, 'five');
    await until(async () => {
      const { status, body } = await server.admin.get('/health/ready');
      return status === 200 && String(body.checks.relay).startsWith('events do not reach Kafka');
    }, 90_000);
    await broker.resume();
    const expected = byAuction(await truth());
    await until(async () => {
      const seen = await eventsInKafka(broker.address, TOPIC).catch(() => []);
      return seen.length >= Object.values(expected).flat().length;
    }, 180_000);
    expect(byAuction(await eventsInKafka(broker.address, TOPIC))).toEqual(expected);
  }, 240_000);
});
