// node docs/examples/consume-avro.mjs: prints every event of a topic whose values are Avro, by the schemas of the registry, or JSON.
import { consumerOf, eventOf, group } from './topic.mjs';

const consumer = await consumerOf(group);
await consumer.run({ eachMessage: async ({ message }) => console.log(JSON.stringify(await eventOf(message))) });
process.once('SIGTERM', () => consumer.disconnect());
