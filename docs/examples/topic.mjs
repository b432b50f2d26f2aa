// What the other examples share: the topic of the events, whose values are JSON, Avro by the schemas of a registry, or first one, then the other.
import avro from 'avsc';
import { Kafka } from 'kafkajs';

export const { KAFKA_TOPIC: topic = 'auction-events', GROUP: group = 'partner-acme' } = process.env;
const { KAFKA_BROKERS = 'localhost:9092', SCHEMA_REGISTRY_URL = 'http://localhost:8081' } = process.env;
const { USERNAME: username, PASSWORD: password } = process.env;
const secured = username ? { ssl: true, sasl: { mechanism: 'scram-sha-512', username, password } } : {};

export const kafka = new Kafka({ clientId: group, brokers: KAFKA_BROKERS.split(','), ...secured });

/** A consumer of the topic from its oldest event on, as soon as there is one: Gavel makes it at its first start. */
export async function consumerOf(groupId) {
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false });
  const subscribe = () => consumer.subscribe({ topic, fromBeginning: true });
  await consumer.connect();
  while (await subscribe().catch((error) => error)) await new Promise((resolve) => setTimeout(resolve, 1000));
  return consumer;
}

export async function eventOf({ headers, value }) {
  if (`${headers['content-type']}` !== 'application/avro') return JSON.parse(value);
  // A zero byte, the id of the schema, the record.
  if (value[0] !== 0) throw new Error('not a value with the id of a schema');
  return (await typeOf(value.readUInt32BE(1))).fromBuffer(value.subarray(5));
}

const types = new Map();
async function typeOf(id) {
  if (!types.has(id)) {
    const response = await fetch(`${SCHEMA_REGISTRY_URL}/schemas/ids/${id}`);
    if (!response.ok) throw new Error(`no schema ${id}: ${response.status}`);
    types.set(id, avro.Type.forSchema(JSON.parse((await response.json()).schema)));
  }
  return types.get(id);
}
