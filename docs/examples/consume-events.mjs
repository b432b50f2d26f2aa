// node docs/examples/consume-events.mjs: prints every event, from the oldest that is kept on; with the same group, from where it stopped.
import { Kafka } from 'kafkajs';

const { KAFKA_BROKERS = 'localhost:9092', KAFKA_TOPIC = 'auction-events', GROUP = 'partner-acme' } = process.env;
const { USERNAME: username, PASSWORD: password } = process.env;
const secured = username ? { ssl: true, sasl: { mechanism: 'scram-sha-512', username, password } } : {};
const kafka = new Kafka({ clientId: GROUP, brokers: KAFKA_BROKERS.split(','), ...secured });
const consumer = kafka.consumer({ groupId: GROUP, allowAutoTopicCreation: false });
const subscribe = () => consumer.subscribe({ topic: KAFKA_TOPIC, fromBeginning: true });
await consumer.connect();
// Gavel makes the topic at its first start: until then there is none, and no consumer may make it.
while (await subscribe().catch((error) => error)) await new Promise((resolve) => setTimeout(resolve, 1000));
await consumer.run({
  eachMessage: async ({ message: { headers, value } }) => {
    if (`${headers['content-type']}` !== 'application/json') throw new Error('Avro: see consume-avro.mjs');
    // Do your work here, and do it so that a second time changes nothing: after a crash the last events come again.
    console.log(JSON.stringify(JSON.parse(value)));
  },
});
process.once('SIGTERM', () => consumer.disconnect());
