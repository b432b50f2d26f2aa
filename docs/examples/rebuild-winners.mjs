// node docs/examples/rebuild-winners.mjs: reads the topic from offset zero to its end and prints who won every lot, as JSON.
import { consumerOf, eventOf, group, kafka, topic } from './topic.mjs';

const admin = kafka.admin();
await admin.connect();
const ends = await admin.fetchTopicOffsets(topic);
const open = new Set(ends.filter(({ low, high }) => low !== high).map(({ partition }) => partition));
await admin.disconnect();

const winners = {};
// A group of its own reads everything; it keeps no offsets.
const consumer = await consumerOf(`${group}-rebuild-${process.pid}-${Date.now()}`);
const done = new Promise((resolve) => {
  const { END_BATCH_PROCESS } = consumer.events;
  consumer.on(END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
    if (Number(lastOffset) + 1 >= Number(ends.find((end) => end.partition === partition).high)) open.delete(partition);
    if (open.size === 0) resolve();
  });
  if (open.size === 0) resolve();
});
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ message }) => {
    const { eventType, payload } = await eventOf(message);
    if (eventType === 'LotSold') winners[payload.lotId] = { winnerId: payload.winnerId, amount: payload.amount };
  },
});
await done;
await consumer.disconnect();
console.log(JSON.stringify(winners));
