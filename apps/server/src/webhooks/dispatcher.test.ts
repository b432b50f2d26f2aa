import { jest } from '@jest/globals';
import { until } from '#testing/until.js';
import { RETRY_DELAYS_MS } from './retry-schedule.js';
import type { Delivery } from './sender.js';
import { sign, WebhookSecrets } from './signature.js';
import { Delivering, ids } from './testing/delivering.js';

const HOURS = 3_600_000;
const DAYS = 24 * HOURS;

describe('delivery', () => {
  let delivering: Delivering;
  beforeEach(async () => {
    delivering = await Delivering.start();
  });
  afterEach(() => delivering.close());

  it('sends every event behind the subscription once, in order, under its own id', async () => {
    delivering.publish(3);
    const webhookId = await delivering.subscribe();
    const published = delivering.publish(300);
    const sent = await delivering.sentTo(webhookId, 300);
    expect(ids(sent)).toEqual(published);
    expect(sent.map(({ body }) => JSON.parse(body).eventId)).toEqual(published);
    expect(delivering.rows(webhookId).map(({ state, attempts }) => [state, attempts])).toEqual(
      Array(100).fill(['delivered', 1]),
    );
  });

  it('sends the types and auctions that were subscribed to, and no other', async () => {
    const other = await delivering.subscribe('admin', { eventTypes: ['LotSold'] });
    const elsewhere = await delivering.subscribe('admin', { auctionIds: ['01890000-0000-7000-8000-000000000002'] });
    const all = await delivering.subscribe();
    const published = delivering.publish(3);
    await delivering.sentTo(all, 3);
    expect(delivering.post.of(other)).toEqual([]);
    expect(ids(await delivering.sentTo(elsewhere, 1))).toEqual([published[1]]);
  });

  it('tries again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h under the same id, then gives up', async () => {
    const webhookId = await delivering.subscribe();
    const good = await delivering.subscribe();
    delivering.post.answer = ({ webhookId: to }) => (to === webhookId ? { status: 503 } : {});
    const [id] = delivering.publish(1);
    await delivering.sentTo(webhookId, 1);
    for (const [i, delay] of RETRY_DELAYS_MS.entries()) {
      await delivering.advance(delay - 1);
      expect(delivering.post.of(webhookId)).toHaveLength(i + 1);
      await delivering.advance(1);
      expect(delivering.post.of(webhookId)).toHaveLength(i + 2);
    }
    expect(new Set(ids(delivering.post.of(webhookId)))).toEqual(new Set([id]));
    expect(delivering.rows(webhookId)).toMatchObject([
      { eventId: id, state: 'dead', attempts: 10, nextAt: null, error: 'status 503' },
    ]);
    await delivering.advance(30 * HOURS);
    expect(delivering.post.of(webhookId)).toHaveLength(10);
    expect(delivering.post.of(good)).toHaveLength(1);
    expect(delivering.journal.deadLetters().count).toBe(1);
  });

  it('signs each attempt at its own time', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    delivering.publish(1);
    await delivering.sentTo(webhookId, 1);
    await delivering.advance(5_000);
    const [first, second] = delivering.post.of(webhookId).map(({ headers }) => headers);
    expect(Number(second?.['webhook-timestamp']) - Number(first?.['webhook-timestamp'])).toBe(5);
    expect(second?.['webhook-signature']).not.toBe(first?.['webhook-signature']);
  });

  it('leaves an endpoint alone for as long as it asks', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 429, retryAfterMs: 60_000 });
    delivering.publish(1);
    await delivering.sentTo(webhookId, 1);
    delivering.post.answer = () => ({});
    delivering.publish(1);
    await delivering.advance(59_999);
    expect(delivering.post.of(webhookId)).toHaveLength(1);
    await delivering.advance(1);
    await delivering.sentTo(webhookId, 3);
  });

  it('leaves it alone also behind a restart', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 429, retryAfterMs: 60_000 });
    delivering.publish(1);
    await delivering.sentTo(webhookId, 1);
    await delivering.end();
    delivering.publish(1);
    await delivering.begin();
    delivering.post.answer = () => ({});
    await delivering.advance(59_999);
    expect(delivering.post.of(webhookId)).toHaveLength(1);
    await delivering.advance(1);
    await delivering.sentTo(webhookId, 3);
  });

  it('delivers to the others while one hangs', async () => {
    const hanging = await delivering.subscribe();
    const others = await Promise.all(Array.from({ length: 5 }, () => delivering.subscribe()));
    let release = () => {};
    const hang = new Promise<object>((resolve) => {
      release = () => resolve({ status: 500 });
    });
    delivering.post.answer = ({ webhookId }) => (webhookId === hanging ? hang : {});
    delivering.publish(500);
    await until(() => others.every((other) => delivering.post.of(other).length === 500));
    // As many as may be under way at once for one endpoint.
    expect(delivering.post.of(hanging)).toHaveLength(8);
    release();
    // One at a time now, until it answers.
    await until(() => delivering.post.of(hanging).length > 20);
  });

  it('goes on with what waits once an endpoint is back', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    const published = delivering.publish(20);
    await delivering.sentTo(webhookId, 20);
    delivering.post.answer = () => ({});
    for (let i = 0; i < 5; i += 1) await delivering.advance(5_000);
    expect(new Set(delivering.rows(webhookId).map(({ eventId, state }) => `${eventId} ${state}`))).toEqual(
      new Set(published.map((id) => `${id} delivered`)),
    );
  });

  it('signs with both secrets for a day behind a rotation', async () => {
    const webhookId = await delivering.subscribe();
    await delivering.change(webhookId, 'RotateSecret');
    delivering.publish(1);
    await delivering.sentTo(webhookId, 1);
    delivering.clock.advance(DAYS);
    delivering.publish(1);
    const signatures = (await delivering.sentTo(webhookId, 2)).map(
      ({ headers }) => headers['webhook-signature'].split(' ').length,
    );
    expect(signatures).toEqual([2, 1]);
  });

  it('signs with the secret that the receiver has, however often it is rotated within its day', async () => {
    const webhookId = await delivering.subscribe();
    for (let rotation = 0; rotation < 2; rotation += 1) {
      await delivering.change(webhookId, 'RotateSecret');
      delivering.clock.advance(DAYS / 2);
    }
    delivering.clock.advance(-1);
    const secrets = new WebhookSecrets('a key of the server');
    const signedWith = async (sent: number) => {
      delivering.publish(1);
      const { headers, body } = (await delivering.sentTo(webhookId, sent)).at(-1) as Delivery;
      return [1, 2, 3].filter((generation) => {
        const own = sign(headers['webhook-id'], delivering.clock.now(), body, [secrets.of(webhookId, generation)]);
        return headers['webhook-signature'].split(' ').includes(own['webhook-signature']);
      });
    };
    expect(await signedWith(1)).toEqual([1, 2, 3]);
    delivering.clock.advance(1);
    expect(await signedWith(2)).toEqual([2, 3]);
  });
});

describe('a process that delivers', () => {
  it('goes on where the one before stopped: pending retries, positions, nothing twice that was committed', async () => {
    const delivering = await Delivering.start();
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    const [failed] = delivering.publish(1);
    await until(() => delivering.post.sent.length === 1);
    await delivering.settled();
    delivering.post.answer = () => ({});
    const good = delivering.publish(50);
    await until(() => delivering.post.sent.length === 51);
    await delivering.settled();
    await delivering.end();
    const meanwhile = delivering.publish(10);
    delivering.clock.advance(5_000);
    await delivering.begin();
    await until(() => delivering.post.sent.length === 62);
    await delivering.settled();
    const sent = ids(delivering.post.sent);
    expect(sent.slice(1, 51)).toEqual(good);
    expect(new Set(sent.slice(51))).toEqual(new Set([failed, ...meanwhile]));
    expect(delivering.journal.list(webhookId, 'pending', null, 10)).toEqual([]);
    await delivering.close();
  });

  it('keeps the journal of a subscription that a read model behind the store does not show yet', async () => {
    const delivering = await Delivering.start();
    const webhookId = await delivering.subscribe();
    const before = delivering.publish(5);
    await until(() => delivering.post.sent.length === 5);
    await delivering.settled();
    await delivering.end();
    jest.spyOn(delivering.readModels.webhooks, 'scan').mockReturnValueOnce([]);
    const load = jest.spyOn(delivering.writer, 'load');
    await delivering.begin();
    expect(load.mock.calls).toEqual([[webhookId]]);
    await load.mock.results[0]?.value;
    const [fresh] = delivering.publish(1);
    // Its row comes.
    await delivering.change(webhookId, 'RotateSecret');
    await until(() => ids(delivering.post.sent).at(-1) === fresh);
    await delivering.settled();
    expect(ids(delivering.post.sent)).toEqual([...before, fresh]);
    await delivering.close();
  });

  it('keeps nothing of a subscription that was deleted while nobody delivered, or was not heard of', async () => {
    const delivering = await Delivering.start();
    const [one, two] = [await delivering.subscribe(), await delivering.subscribe()];
    await delivering.end();
    await delivering.change(one, 'Delete');
    await delivering.begin();
    await until(() => !delivering.journal.webhookIds().includes(one));
    jest.spyOn(delivering.readModels.webhooks, 'get').mockImplementationOnce(() => {
      throw new Error('it is being built anew');
    });
    await delivering.change(two, 'Delete');
    expect(delivering.journal.webhookIds()).toEqual([two]);
    for (let second = 0; second < 60; second += 1) delivering.dispatcher.tick();
    await until(() => delivering.journal.webhookIds().length === 0);
    delivering.publish(1);
    await delivering.settled();
    expect(delivering.post.sent).toEqual([]);
    await delivering.close();
  });

  it('repeats what it had not committed', async () => {
    const delivering = await Delivering.start();
    await delivering.subscribe();
    let release = () => {};
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    delivering.post.answer = async () => {
      await blocked;
      return {};
    };
    const published = delivering.publish(1);
    await until(() => delivering.post.sent.length === 1);
    // Killed while the endpoint thinks: nothing of the attempt is known.
    await delivering.end();
    delivering.post.answer = () => ({});
    await delivering.begin();
    await until(() => delivering.post.sent.length === 2);
    expect(ids(delivering.post.sent)).toEqual([published[0], published[0]]);
    release();
    await delivering.close();
  });
});
