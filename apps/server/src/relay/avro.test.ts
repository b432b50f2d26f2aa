import { rm } from 'node:fs/promises';
import Type from 'typebox';
import { definePublicEvent } from '#contracts/public-events/define-public-event.js';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import { AvroFormat } from '#messaging/avro/avro-format.js';
import { SchemaRefused, SchemaRegistry } from '#messaging/avro/schema-registry.js';
import { KafkaBroker, kafkaNeeds } from '#messaging/testing/kafka-broker.js';
import { kcatNeeds, readCommitted } from '#messaging/testing/read-topic.js';
import { RegistryProcess, registryNeeds } from '#messaging/testing/registry-process.js';
import { describeWith } from '#testing/needs.js';
import { until } from '#testing/until.js';
import { byAuction, partnerTruth } from '../testing/partner-truth.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';
import { ExampleConsumer } from './testing/example-consumer.js';

const TOPIC = 'auction-events';
const WAIT_MS = 90_000;

describeWith({ ...kafkaNeeds, ...kcatNeeds, ...registryNeeds }, 'partners on Kafka with a schema registry', () => {
  let broker: KafkaBroker;
  let registry: RegistryProcess;
  let dataDir: string;
  let server: ServerProcess;
  let consumer: ExampleConsumer;

  const relay = async () => (await server.admin.get('/health/ready')).body.checks.relay as string;
  const truth = async () => {
    const reader = openEmbeddedReader(dataDir);
    return byAuction(await partnerTruth(reader).finally(() => reader.close()));
  };
  const start = () =>
    ServerProcess.start(dataDir, { KAFKA_BROKERS: broker.address, SCHEMA_REGISTRY_URL: registry.url });

  async function auction(bidder: string) {
    const { auctionId } = await server.admin.createAuction();
    const { lotId } = await server.admin.addLot(auctionId);
    await server.admin.run(auctionId, 'start');
    const caller = await server.admin.newCaller('bidder', bidder);
    for (let amount = 200; amount < 800; amount += 100) await caller.bid(lotId, amount);
    await server.admin.run(auctionId, 'end');
  }

  async function expectAllDecoded() {
    const expected = await truth();
    const count = Object.values(expected).flat().length;
    await until(() => consumer.events.length >= count, WAIT_MS);
    expect(byAuction(consumer.events)).toEqual(expected);
  }

  beforeAll(async () => {
    [broker, registry, dataDir] = await Promise.all([KafkaBroker.start(), RegistryProcess.prepare(), emptyDirectory()]);
  }, 120_000);
  afterAll(async () => {
    await consumer?.stop();
    await server?.end('SIGTERM');
    await Promise.all([broker?.stop(), registry?.stop()]);
    await rm(dataDir, { recursive: true, force: true });
  });

  it('wait for a registry that is away, which readiness tells, and decode every event as JSON has it', async () => {
    server = await start();
    await auction('ada');
    await until(async () => /does not answer: .*ECONNREFUSED/.test(await relay()), WAIT_MS);
    expect((await server.admin.get('/health/ready')).status).toBe(200);
    await registry.resume();
    await until(async () => (await relay()) === 'ok', WAIT_MS);
    const settings = { SCHEMA_REGISTRY_URL: registry.url };
    consumer = new ExampleConsumer(broker.address, 'partner-avro', 'consume-avro.mjs', settings);
    await expectAllDecoded();
    const records = await readCommitted(broker.address, TOPIC);
    for (const { headers } of records) expect(headers.slice(-2)).toEqual(['content-type', 'application/avro']);
  }, 120_000);

  it('miss nothing while the registry is away and comes back, nor when the server starts again', async () => {
    await registry.end();
    await auction('bob');
    await expectAllDecoded();
    await server.end('SIGKILL');
    await registry.resume();
    server = await start();
    await auction('eve');
    await expectAllDecoded();
  }, 120_000);

  it('are never sent what the registry does not allow: the relay stops and says which schema', async () => {
    const changed = definePublicEvent({ type: 'LotSold', meaning: 'Changed.', payload: { amount: Type.String() } });
    const format = new AvroFormat(new SchemaRegistry(registry.url), TOPIC, [changed as never]);
    await expect(format.prepare()).rejects.toThrow(SchemaRefused);

    // Somebody else holds the subject of another topic: the program's own schema is refused there.
    const taken = new AvroFormat(new SchemaRegistry(registry.url), 'taken', [changed as never]);
    await taken.prepare();
    await server.end('SIGTERM');
    const env = { KAFKA_BROKERS: broker.address, SCHEMA_REGISTRY_URL: registry.url, KAFKA_TOPIC: 'taken' };
    server = await ServerProcess.start(dataDir, env);
    await until(async () => (await relay()).startsWith('the relay stopped'), WAIT_MS);
    expect(await relay()).toMatch(
      /^the relay stopped: the schema registry refuses the schema for taken-gavel\.events\.LotSold: .*ncompatible/,
    );
  }, 120_000);
});
