import { setTimeout as pause } from 'node:timers/promises';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Kafka, ResourcePatternTypes } from 'kafkajs';
import { describeWith, programAt } from '#testing/needs.js';
import { KafkaBroker, kafkaNeeds } from '../testing/kafka-broker.js';
import { type KafkaConnection, kafkaClient } from './connection.js';
import { KafkaTopic } from './kafka-topic.js';

const silent = { debug: () => {}, warn: () => {} };
const users = ['gavel', 'acme'].map((username) => ({ username, password: `password-of-${username}` }));
const { READ, WRITE, DESCRIBE, DESCRIBE_CONFIGS, CREATE, ALTER } = AclOperationTypes;
const { TOPIC, GROUP, TRANSACTIONAL_ID } = AclResourceTypes;
const { LITERAL, PREFIXED } = ResourcePatternTypes;

/** A broker with an authorizer takes connections before it lets anybody in. */
async function whenReady(connect: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(200);
    }
  }
}

describeWith({ ...kafkaNeeds, openssl: programAt('openssl') !== null }, 'a broker with SCRAM, TLS and ACLs', () => {
  let broker: KafkaBroker;

  const connection = (username: string, changes: Partial<KafkaConnection> = {}): KafkaConnection => ({
    brokers: [`127.0.0.1:${broker.securePort}`],
    sasl: { mechanism: 'scram-sha-512', username, password: `password-of-${username}` },
    tls: {
      caFile: broker.file('ca.pem'),
      certFile: broker.file('client.pem'),
      keyFile: broker.file('client.key'),
    },
    ...changes,
  });
  const client = (username: string, changes?: Partial<KafkaConnection>): Kafka =>
    kafkaClient(connection(username, changes), silent);

  beforeAll(async () => {
    broker = await KafkaBroker.start({ users, superUser: 'nobody' });
    // As docs/partners.md says it for kafka-acls.sh.
    const allow = (
      user: string,
      resourceType: number,
      resourceName: string,
      pattern: number,
      ...operations: number[]
    ) =>
      operations.map((operation) => ({
        ...{ resourceType, resourceName, resourcePatternType: pattern, operation },
        ...{ principal: `User:${user}`, host: '*', permissionType: AclPermissionTypes.ALLOW },
      }));
    const admin = kafkaClient({ brokers: [broker.address] }, silent).admin();
    await whenReady(() => admin.connect());
    await admin.createAcls({
      acl: [
        ...allow('gavel', TOPIC, 'auction-events', LITERAL, CREATE, DESCRIBE, DESCRIBE_CONFIGS, ALTER, WRITE, READ),
        ...allow('gavel', TOPIC, 'auction-events-checkpoint', LITERAL, CREATE, DESCRIBE, DESCRIBE_CONFIGS, WRITE, READ),
        ...allow('gavel', GROUP, 'auction-events-checkpoint-reader-', PREFIXED, READ),
        ...allow('gavel', GROUP, 'auction-events-analytics-', PREFIXED, READ),
        ...allow('gavel', TOPIC, 'auction-events-dead-letters', LITERAL, CREATE, DESCRIBE, WRITE),
        ...allow('gavel', GROUP, '*', LITERAL, DESCRIBE),
        ...allow('gavel', TRANSACTIONAL_ID, 'auction-events-writer', LITERAL, WRITE, DESCRIBE),
        ...allow('acme', TOPIC, 'auction-events', LITERAL, READ, DESCRIBE),
        ...allow('acme', GROUP, 'partner-acme', PREFIXED, READ),
      ],
    });
    await admin.disconnect();
  }, 120_000);
  afterAll(() => broker?.stop());

  it('lets the relay work with no more than its own rights', async () => {
    const topic = new KafkaTopic(client('gavel'), { topic: 'auction-events', partitions: 3 });
    const writer = await topic.takeOver();
    await writer.write([{ key: 'a', value: 'one', headers: {} }], '1');
    await writer.close();
    expect((await topic.takeOver()).checkpoint).toBe('1');
    await topic.close();
  }, 30_000);

  it('lets a partner read the events in groups of its own', async () => {
    for (const groupId of ['partner-acme', 'partner-acme-rebuild-1']) {
      const consumer = client('acme').consumer({ groupId, allowAutoTopicCreation: false });
      await consumer.connect();
      await consumer.subscribe({ topic: 'auction-events', fromBeginning: true });
      const value = await new Promise((resolve) => {
        void consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
      });
      expect(value).toBe('one');
      await consumer.disconnect();
    }
  }, 30_000);

  it('refuses a partner to write, to use the group of another, and to see anything else', async () => {
    const kafka = client('acme');
    const producer = kafka.producer({ retry: { retries: 0 } });
    await producer.connect();
    const forged = { topic: 'auction-events', messages: [{ key: 'a', value: 'forged' }] };
    await expect(producer.send(forged)).rejects.toThrow(/[Nn]ot authorized to access topics/);
    await producer.disconnect();
    const admin = kafka.admin({ retry: { retries: 0 } });
    await admin.connect();
    await expect(admin.fetchOffsets({ groupId: 'partner-rival' })).rejects.toThrow('Failed to find group coordinator');
    expect(await admin.fetchOffsets({ groupId: 'partner-acme', topics: ['auction-events'] })).toHaveLength(1);
    expect(await admin.listTopics()).toEqual(['auction-events']);
    await expect(admin.createTopics({ topics: [{ topic: 'own', numPartitions: 1 }] })).rejects.toThrow();
    await admin.disconnect();
  }, 30_000);

  it.each<[string, (broker: KafkaBroker) => Partial<KafkaConnection>]>([
    ['a wrong password', () => ({ sasl: { mechanism: 'scram-sha-512', username: 'acme', password: 'wrong' } })],
    ['no client certificate', (b) => ({ tls: { caFile: b.file('ca.pem') } })],
    ['a broker that an authority of ours did not sign', (b) => ({ tls: { caFile: b.file('stranger.pem') } })],
  ])(
    'refuses %s',
    async (_, changes) => {
      const admin = client('acme', changes(broker)).admin({ retry: { retries: 0 } });
      await expect(admin.connect()).rejects.toThrow();
      await admin.disconnect();
    },
    30_000,
  );
});
