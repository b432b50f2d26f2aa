// node docs/examples/consume-avro.mjs: prints every event of a topic whose values are Avro, by the schemas of the registry.
import avro from 'avsc';
import { Kafka } from 'kafkajs';

const { KAFKA_BROKERS = 'localhost:9092', KAFKA_TOPIC = 'auction-events', GROUP = 'partner-acme' } = process.env;
const { SCHEMA_REGISTRY_URL = 'http://localhost:8081' } = process.env;

const types = new Map();
async function typeOf(id) {
  if (!types.has(id)) {
    const response = await fetch(`${SCHEMA_REGISTRY_URL}/schemas/ids/${id}`);
    if (!response.ok) throw new Error(`no schema ${id}: ${response.status}`);
    types.set(id, avro.Type.forSchema(JSON.parse((await response.json()).schema)));
  }
  return types.get(id);
}

const kafka = new Kafka({ clientId: GROUP, brokers: KAFKA_BROKERS.split(',') });
const consumer = kafka.consumer({ groupId: GROUP });
await consumer.connect();
await consumer.subscribe({ topic: KAFKA_TOPIC, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message: { value } }) => {
    // A zero byte, the id of the schema, the record.
    if (value[0] !== 0) throw new Error('not a value with the id of a schema');
    const type = await typeOf(value.readUInt32BE(1));
    console.log(JSON.stringify(type.fromBuffer(value.subarray(5))));
  },
});
process.once('SIGTERM', () => consumer.disconnect());
