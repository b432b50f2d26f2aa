import { until } from '#testing/until.js';
import { RETRY_DELAYS_MS } from './retry-schedule.js';
import { Delivering, ids } from './testing/delivering.js';

describe('redelivery', () => {
  let delivering: Delivering;
  beforeEach(async () => {
    delivering = await Delivering.start();
  });
  afterEach(() => delivering.close());

  it('sends one event again, that went well or not', async () => {
    const webhookId = await delivering.subscribe();
    const [first] = delivering.publish(3);
    await until(() => delivering.post.sent.length === 3);
    await delivering.settled();
    expect(delivering.dispatcher.redeliver(webhookId, first as string)).toBe(1);
    await until(() => delivering.post.sent.length === 4);
    expect(ids(delivering.post.sent).at(-1)).toBe(first);
  });

  it.each([
    ['fails', { status: 500 }],
    ['goes well', {}],
  ])('counts from its first attempt also while a retry is under way, which then %s', async (_, outcome) => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    const [id] = delivering.publish(1);
    await delivering.sentTo(webhookId, 1);
    let end = (_: object) => {};
    delivering.post.answer = () => new Promise<object>((resolve) => (end = resolve));
    delivering.clock.advance(5_000);
    delivering.dispatcher.tick();
    await until(() => delivering.post.sent.length === 2);
    expect(delivering.dispatcher.redeliver(webhookId, id as string)).toBe(1);
    delivering.post.answer = () => ({ status: 503 });
    end(outcome);
    await delivering.settled();
    expect(delivering.rows(webhookId)).toMatchObject([{ eventId: id, state: 'pending', attempts: 0 }]);
    await delivering.advance(0);
    expect(ids(delivering.post.sent)).toEqual([id, id, id]);
    const nextAt = delivering.clock.now() + 5_000;
    expect(delivering.rows(webhookId)).toMatchObject([{ state: 'pending', attempts: 1, status: 503, nextAt }]);
  });

  it('sends what was about to be tried again from its first attempt on', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    const published = delivering.publish(3);
    await delivering.sentTo(webhookId, 3);
    let end = (_: object) => {};
    delivering.post.answer = () => new Promise<object>((resolve) => (end = resolve));
    delivering.clock.advance(5_000);
    delivering.dispatcher.tick();
    // One at a time behind three failures: the others wait in memory.
    await until(() => delivering.post.sent.length === 4);
    const last = published.find((id) => id !== ids(delivering.post.sent)[3] && id !== published[0]) as string;
    delivering.dispatcher.redeliver(webhookId, last);
    delivering.post.answer = () => ({ status: 500 });
    end({ status: 500 });
    await delivering.advance(0);
    const attempts = Object.fromEntries(delivering.rows(webhookId).map((row) => [row.eventId, row.attempts]));
    expect(attempts).toEqual({ ...Object.fromEntries(published.map((id) => [id, 2])), [last]: 1 });
  });

  it('sends every dead letter again, with the whole schedule before it', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    const published = delivering.publish(5);
    await until(() => delivering.post.sent.length === 5);
    await delivering.settled();
    for (const delay of RETRY_DELAYS_MS) for (let i = 0; i < 5; i += 1) await delivering.advance(i === 0 ? delay : 1);
    expect(delivering.journal.deadLetters().count).toBe(5);
    delivering.post.answer = () => ({});
    const before = delivering.post.sent.length;
    expect(delivering.dispatcher.redeliver(webhookId, null)).toBe(5);
    for (let i = 0; i < 3; i += 1) await delivering.advance(1);
    await until(() => delivering.post.sent.length === before + 5);
    expect(new Set(ids(delivering.post.sent.slice(before)))).toEqual(new Set(published));
    await delivering.settled();
    expect(delivering.journal.deadLetters().count).toBe(0);
  });

  it('sends a range again beside what is new, and goes on with it after a restart', async () => {
    const webhookId = await delivering.subscribe();
    const published = delivering.publish(400);
    await until(() => delivering.post.sent.length === 400);
    await delivering.settled();
    const head = await delivering.store.head();
    const [from, to] = [Number(head) - 390, Number(head) - 10];
    let release = () => {};
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    delivering.post.answer = async () => {
      await blocked;
      return {};
    };
    delivering.dispatcher.replay(webhookId, String(from), String(to));
    await until(() => delivering.post.sent.length > 400);
    const ending = delivering.end();
    release();
    await ending;
    delivering.post.answer = () => ({});
    await delivering.begin();
    const wanted = published.slice(10, 390);
    await until(() => new Set(ids(delivering.post.sent.slice(400))).size >= wanted.length);
    await delivering.settled();
    expect(new Set(ids(delivering.post.sent.slice(400)))).toEqual(new Set(wanted));
    const [fresh] = delivering.publish(1);
    await until(() => ids(delivering.post.sent).at(-1) === fresh);
  });
});
