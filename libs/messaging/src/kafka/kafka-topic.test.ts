import { jest } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { describeWith } from '#testing/needs.js';
import { until } from '#testing/until.js';
import { Fenced, type TopicRecord, TopicUnusable } from '../checkpointed-topic.js';
import { KafkaBroker, kafkaNeeds } from '../testing/kafka-broker.js';
import { kcatNeeds, readCommitted } from '../testing/read-topic.js';
import { kafkaClient } from './connection.js';
import { among, KafkaTopic } from './kafka-topic.js';

const silent = { debug: () => {}, warn: () => {} };
const record = (key: string, value: string): TopicRecord => ({ key, value, headers: { ce_id: value } });

describeWith({ ...kafkaNeeds, ...kcatNeeds }, 'a topic with checkpoints on a real broker', () => {
  let broker: KafkaBroker;
  let kafka: Kafka;
  const opened: KafkaTopic[] = [];
  const open = (topic: string, options: { partitions?: number; transactionMs?: number } = {}) => {
    const made = new KafkaTopic(kafka, { topic, partitions: 3, ...options });
    opened.push(made);
    return made;
  };
  const values = async (topic: string) => (await readCommitted(broker.address, topic)).map(({ payload }) => payload);

  beforeAll(async () => {
    broker = await KafkaBroker.start();
    kafka = kafkaClient({ brokers: [broker.address] }, silent);
  }, 90_000);
  afterAll(async () => {
    await Promise.all(opened.map((topic) => topic.close()));
    await broker?.stop();
  });

  it('is made as it must be: partitions, seven days, checkpoints compacted', async () => {
    await (await open('made').takeOver()).close();
    const admin = kafka.admin();
    await admin.connect();
    const setting = async (name: string, topic: string) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: topic, configNames: [name] }],
      });
      return resources[0]?.configEntries[0]?.configValue;
    };
    expect(await setting('retention.ms', 'made')).toBe('604800000');
    expect(await setting('max.message.bytes', 'made')).toBe('1048588');
    expect(await setting('cleanup.policy', 'made-checkpoint')).toBe('compact');
    const { topics } = await admin.fetchTopicMetadata({ topics: ['made'] });
    expect(topics[0]?.partitions).toHaveLength(3);
    await admin.disconnect();
  });

  it('refuses a topic of another number of partitions, and says which', async () => {
    const counted = open('counted');
    const writer = await counted.takeOver();
    await writer.write([record('a', '1')], '1');
    await writer.close();
    // A commit shows a moment later, and a topic in which nothing shows is widened.
    await until(async () => (await counted.committed()) === '1');
    const refusal = open('counted', { partitions: 4 }).takeOver();
    await expect(refusal).rejects.toThrow(TopicUnusable);
    await expect(refusal).rejects.toThrow('topic counted has 3 partitions instead of 4');
  });

  it('refuses a topic of checkpoints that loses them with time, as one that was made by hand does', async () => {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'by-hand-checkpoint', numPartitions: 1 }] });
    await expect(open('by-hand').takeOver()).rejects.toThrow(
      'topic by-hand-checkpoint has cleanup.policy=delete instead of compact: checkpoints would be lost',
    );
    await admin.disconnect();
  });

  it('widens a topic that somebody made by looking at it, and no other', async () => {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: ['looked-at', 'written', 'begun'].map((topic) => ({ topic, numPartitions: 1 })),
    });
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'written', messages: [{ key: 'a', value: 'of somebody else' }] });
    await producer.disconnect();
    await (await open('begun', { partitions: 1 }).takeOver()).write([], '1');
    const writer = await open('looked-at').takeOver();
    await writer.write([record('a', '1')], '1');
    await writer.close();
    expect((await admin.fetchTopicOffsets('looked-at')).length).toBe(3);
    for (const topic of ['written', 'begun']) {
      await expect(open(topic).takeOver()).rejects.toThrow(`topic ${topic} has 1 partitions instead of 3`);
      expect((await admin.fetchTopicOffsets(topic)).length).toBe(1);
    }
    await admin.disconnect();
  });

  it('refuses a topic of events that keeps only the last of each key', async () => {
    const admin = kafka.admin();
    await admin.connect();
    const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
    await admin.createTopics({ topics: [{ topic: 'compacted', numPartitions: 3, configEntries }] });
    await expect(open('compacted').takeOver()).rejects.toThrow(
      'topic compacted has cleanup.policy=compact instead of delete: all but the last event of each auction would be lost',
    );
    await admin.disconnect();
  });

  it('tells of a topic that keeps its events for less than a week, and writes it', async () => {
    const admin = kafka.admin();
    await admin.connect();
    const configEntries = [{ name: 'retention.ms', value: '3600000' }];
    await admin.createTopics({ topics: [{ topic: 'brief', numPartitions: 3, configEntries }] });
    await admin.disconnect();
    const onWarning = jest.fn();
    const topic = new KafkaTopic(kafka, { topic: 'brief', partitions: 3, onWarning });
    opened.push(topic);
    const writer = await topic.takeOver();
    await writer.write([record('a', '1')], '1');
    await writer.close();
    expect(onWarning.mock.calls).toEqual([
      ['topic brief has retention.ms=3600000 instead of the 604800000 that partners are promised'],
    ]);
  });

  it('keeps keys where they are when partitions are added while it writes, and refuses to take over then', async () => {
    const topic = open('widened');
    const keys = Array.from({ length: 12 }, (_, n) => `key ${n}`);
    const places = async () => {
      const records = await readCommitted(broker.address, 'widened');
      return keys.map((key) => new Set(records.filter((each) => each.key === key).map(({ partition }) => partition)));
    };
    const writer = await topic.takeOver();
    await writer.write(
      keys.map((key) => record(key, 'before')),
      '1',
    );
    const admin = kafka.admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: 'widened', count: 6 }] });
    await expect(topic.takeOver()).rejects.toThrow('topic widened has 6 partitions instead of 3');
    const other = kafka.producer({ createPartitioner: among(3) });
    await other.connect();
    await other.send({ topic: 'widened', messages: keys.map((key) => ({ key, value: 'behind' })) });
    for (const partitions of await places()) expect(partitions.size).toBe(1);
    await other.disconnect();
    await admin.disconnect();
    await writer.close();
  });

  it('names the largest record and what to do when the topic takes less than it must, and goes on once it takes it', async () => {
    const topic = open('narrow');
    await (await topic.takeOver()).close();
    const admin = kafka.admin();
    await admin.connect();
    const limit = (bytes: number) => {
      const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }];
      return admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: 'narrow', configEntries }] });
    };
    await limit(10_000);
    const large = { key: 'a', value: 'x'.repeat(20_000), headers: { ce_id: 'the-large-one' } };
    const records = [record('a', 'small'), large];
    const written = (await topic.takeOver()).write(records, '2');
    await expect(written).rejects.toThrow(
      'topic narrow does not take 2 records of 20005 bytes at once (the largest is the-large-one, 20000 bytes): ' +
        'set its max.message.bytes to 1048588 or more',
    );
    await limit(1_048_588);
    await admin.disconnect();
    const writer = await topic.takeOver();
    expect(writer.checkpoint).toBeNull();
    await writer.write(records, '2');
    await writer.close();
    expect(await values('narrow')).toEqual(records.map(({ value }) => value));
  });

  it('keeps records and checkpoint together, in order per key, with their headers', async () => {
    const writer = await open('kept').takeOver();
    expect(writer.checkpoint).toBeNull();
    await writer.write([record('a', '1'), record('b', '2'), record('a', '3')], '3');
    await writer.write([record('a', '4')], '4');
    await writer.close();
    const seen = await readCommitted(broker.address, 'kept');
    expect(seen.filter(({ key }) => key === 'a').map(({ payload }) => payload)).toEqual(['1', '3', '4']);
    expect(seen.filter(({ key }) => key === 'b').map(({ payload, headers }) => [payload, headers])).toEqual([
      ['2', ['ce_id', '2']],
    ]);
    expect((await open('kept').takeOver()).checkpoint).toBe('4');
  });

  it('fences the writer before, whose records of then never show', async () => {
    const first = await open('fenced').takeOver();
    await first.write([record('a', 'first')], '1');
    const second = await open('fenced').takeOver();
    expect(second.checkpoint).toBe('1');
    await expect(first.write([record('a', 'zombie')], '9')).rejects.toThrow(Fenced);
    await second.write([record('a', 'second')], '2');
    await expect(first.write([record('a', 'zombie')], '9')).rejects.toThrow('take over anew');
    expect(await values('fenced')).toEqual(['first', 'second']);
    expect((await open('fenced').takeOver()).checkpoint).toBe('2');
  });

  it('finds the checkpoint behind many transactions that were given up', async () => {
    const topic = open('given-up');
    await (await topic.takeOver()).write([record('a', '1')], '1');
    const dying = new KafkaTopic(kafka, {
      topic: 'given-up',
      partitions: 3,
      onStep: (step) => {
        if (step === 'sent') throw new Error('dies before the commit');
      },
    });
    opened.push(dying);
    for (let i = 0; i < 12; i += 1) {
      const writer = await dying.takeOver();
      expect(writer.checkpoint).toBe('1');
      await expect(writer.write([record('a', 'given up')], '9')).rejects.toThrow('dies before the commit');
      await writer.close();
    }
    expect((await topic.takeOver()).checkpoint).toBe('1');
    expect(await values('given-up')).toEqual(['1']);
  });

  it('finds the checkpoint behind however many attempts that were given up, and says that there is none only of the whole topic', async () => {
    await (await open('behind').takeOver()).write([record('a', '1')], '1');
    await (await open('never').takeOver()).close();
    for (const topic of ['behind', 'never']) {
      const producer = kafka.producer({ transactionalId: `${topic}-given-up`, maxInFlightRequests: 1 });
      await producer.connect();
      const giveUp = async (offsets: number) => {
        const transaction = await producer.transaction();
        const messages = Array.from({ length: offsets }, () => ({ key: 'checkpoint', value: 'given up' }));
        await transaction.send({ topic: `${topic}-checkpoint`, messages });
        await transaction.abort();
      };
      for (let i = 0; i < 110; i += 1) await giveUp(1);
      expect((await open(topic).takeOver()).checkpoint).toBe(topic === 'behind' ? '1' : null);
      // Further back than the second look goes.
      await giveUp(3_000);
      await producer.disconnect();
      expect((await open(topic).takeOver()).checkpoint).toBe(topic === 'behind' ? '1' : null);
    }
  }, 60_000);

  it('fails while the broker is away and goes on when it is back, on its data', async () => {
    const topic = open('outlived');
    await (await topic.takeOver()).write([record('a', '1')], '1');
    const writer = await topic.takeOver();
    await broker.kill();
    await expect(writer.write([record('a', 'lost')], '2')).rejects.toThrow();
    await writer.close();
    await broker.resume();
    let next = await topic.takeOver().catch(() => null);
    for (let i = 0; next === null && i < 20; i += 1) next = await topic.takeOver().catch(() => null);
    expect(next?.checkpoint).toBe('1');
    await next?.write([record('a', '2')], '2');
    expect(await values('outlived')).toEqual(['1', '2']);
  }, 180_000);
});
