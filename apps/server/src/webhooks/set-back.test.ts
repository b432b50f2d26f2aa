import { Journal } from './journal.js';
import { Delivering, ids } from './testing/delivering.js';

test('a subscription that had come further than the store begins anew, and misses nothing that comes', async () => {
  const delivering = await Delivering.start();
  const webhookId = await delivering.subscribe();
  const before = delivering.publish(1);
  await delivering.sentTo(webhookId, 1);
  await delivering.end();
  const journal = new Journal(delivering.directory);
  const ahead = { live: '9999', liveEvent: null, replay: null, failingSince: null, pausedUntil: null };
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

test('a subscription that was paused while a store that was set back grew past it gets everything, and misses nothing', async () => {
  const delivering = await Delivering.start();
  const webhookId = await delivering.subscribe();
  const before = delivering.publish(1);
  await delivering.sentTo(webhookId, 1);
  await delivering.end();
  // It stood on the fifth of the events that are lost, and its endpoint had asked for a minute.
  const lane = { replay: null, failingSince: null, pausedUntil: delivering.clock.now() + 60_000 };
  const live = String(Number(await delivering.store.head()) + 5);
  const journal = new Journal(delivering.directory);
  journal.commit([], new Map([[webhookId, { ...lane, live, liveEvent: 'an event that is lost' }]]));
  journal.close();
  await delivering.begin();
  const since = delivering.publish(10);
  await delivering.advance(60_000);
  const sent = await delivering.sentTo(webhookId, 12);
  expect(ids(sent)).toEqual([...before, ...before, ...since]);
  await delivering.close();
});

test('a subscription goes on behind the event on which it stood, and repeats nothing', async () => {
  const delivering = await Delivering.start();
  const webhookId = await delivering.subscribe();
  const before = delivering.publish(3);
  await delivering.sentTo(webhookId, 3);
  await delivering.end();
  await delivering.begin();
  const behind = delivering.publish(1);
  expect(ids(await delivering.sentTo(webhookId, 4))).toEqual([...before, ...behind]);
  await delivering.close();
});
