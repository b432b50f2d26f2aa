import { Journal } from './journal.js';
import { Delivering, ids } from './testing/delivering.js';

test('a subscription that had come further than the store begins anew, and misses nothing that comes', async () => {
  const delivering = await Delivering.start();
  const webhookId = await delivering.subscribe();
  const before = delivering.publish(1);
  await delivering.sentTo(webhookId, 1);
  await delivering.end();
  const journal = new Journal(delivering.directory);
  const ahead = { live: '9999', replay: null, failingSince: null, pausedUntil: null };
  journal.commit([], new Map([[webhookId, ahead]]));
  journal.close();
  await delivering.begin();
  const again = await delivering.sentTo(webhookId, 2);
  const behind = delivering.publish(1);
  const sent = await delivering.sentTo(webhookId, 3);
  expect(again.length).toBe(2);
  expect(ids(sent)).toEqual([...before, ...before, ...behind]);
  await delivering.close();
});
