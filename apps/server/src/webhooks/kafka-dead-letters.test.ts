import { pino } from 'pino';
import { kafkaClient } from '#messaging/kafka/connection.js';
import { groupLags } from '#messaging/kafka/group-lags.js';
import { KafkaBroker, kafkaNeeds } from '#messaging/testing/kafka-broker.js';
import { describeWith } from '#testing/needs.js';
import { until } from '#testing/until.js';
import type { DeliveryRecord } from './delivery-record.js';
import { KafkaDeadLetters, letterRecord } from './kafka-dead-letters.js';

const envelope = {
  eventId: '01890000-0000-7000-8000-000000000001',
  eventType: 'AuctionCreated',
  auctionId: '01890000-0000-7000-8000-000000000002',
  timestamp: '2026-03-01T12:00:00.000Z',
  payload: { title: 'é' },
};
const letter: DeliveryRecord = {
  ...{ webhookId: '01890000-0000-7000-8000-000000000003', position: '7', eventId: envelope.eventId },
  ...{ eventType: envelope.eventType, body: JSON.stringify(envelope), state: 'dead', attempts: 10 },
  ...{ lastAt: Date.UTC(2026, 2, 4), status: 503, error: 'status 503', nextAt: null },
};
const headers = {
  ce_specversion: '1.0',
  ce_id: envelope.eventId,
  ce_type: 'AuctionCreated',
  ce_source: '/gavel',
  ce_time: envelope.timestamp,
  'content-type': 'application/json',
  gavel_webhook_id: letter.webhookId,
  gavel_attempts: '10',
  gavel_last_attempt: '2026-03-04T00:00:00.000Z',
  gavel_status: '503',
  gavel_error: 'status 503',
};

describe('a dead letter on Kafka', () => {
  it('is the event as partners have it, and says why it was given up', () => {
    expect(letterRecord(letter)).toEqual({ key: envelope.auctionId, value: letter.body, headers });
    const { gavel_status: _, ...others } = headers;
    expect(letterRecord({ ...letter, status: null }).headers).toEqual(others);
  });
});

describeWith(kafkaNeeds, 'on a real broker', () => {
  let broker: KafkaBroker;
  const log = pino({ level: 'silent' });
  beforeAll(async () => {
    broker = await KafkaBroker.start();
  }, 90_000);
  afterAll(() => broker.stop());

  it('dead letters arrive in their topic, and a group that has read some of them is behind by the rest', async () => {
    const connection = { brokers: [`127.0.0.1:${broker.port}`] };
    const topic = 'auction-events-dead-letters';
    const letters = new KafkaDeadLetters({ connection, topic: 'auction-events', partitions: 12 }, log);
    await letters.publish([letter]);
    const kafka = kafkaClient(connection, log);
    const read: { key: string; value: string; headers: object }[] = [];
    // While a new broker loads its groups an attempt to join may break off. The member that it leaves behind holds up the next attempt
    // until its session ends: by default that is all the time that the test has.
    const consumer = kafka.consumer({ groupId: 'operators', sessionTimeout: 6_000 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const texts = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
        read.push({ key: String(message.key), value: String(message.value), headers: Object.fromEntries(texts) });
      },
    });
    await until(() => read.length === 1, 30_000);
    await consumer.disconnect();
    expect(read).toEqual([{ key: envelope.auctionId, value: letter.body, headers }]);

    await letters.publish([letter, letter, letter]);
    const admin = kafka.admin();
    await admin.connect();
    expect(await groupLags(admin, topic)).toEqual([{ group: 'operators', topic, partition: 0, lag: 3 }]);
    expect(await groupLags(admin, topic)).toEqual([{ group: 'operators', topic, partition: 0, lag: 3 }]);

    // More than a topic takes at once.
    const long = { ...letter, body: JSON.stringify({ ...envelope, payload: { title: 'x'.repeat(400_000) } }) };
    await letters.publish([long, long, long, letter]);
    expect(await groupLags(admin, topic)).toEqual([{ group: 'operators', topic, partition: 0, lag: 7 }]);
    await admin.disconnect();
    await letters.close();
  }, 90_000);
});
