import { until } from '#testing/until.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';
import { Endpoint } from './testing/endpoint.js';

describe('repeats and preconditions of webhooks', () => {
  let running: RunningServer;
  let press: GavelClient;
  let endpoint: Endpoint;
  beforeAll(async () => {
    running = await RunningServer.start({ GAVEL_WEBHOOKS_ALLOW_PRIVATE: 'true' });
    press = await running.admin.newCaller('partner', 'press');
    endpoint = await Endpoint.start();
  });
  afterAll(async () => {
    endpoint.stop();
    await running.stop();
  });
  const under = (key: string) => ({ 'idempotency-key': key });
  const subscribe = () => press.post('/api/webhooks', { url: endpoint.url }, under('subscribe'));

  it('get the first answer, whatever has happened since, also when the subscription is over', async () => {
    const subscribed = await subscribe();
    const { webhookId } = subscribed.body;
    const path = `/api/webhooks/${webhookId}`;
    const rotate = (key: string) => press.post(`${path}/rotate-secret`, undefined, under(key));
    const end = () => press.call('DELETE', path, undefined, under('end'));
    const first = await rotate('one');
    const second = await rotate('two');
    expect(new Set([subscribed, first, second].map(({ body }) => body.secret)).size).toBe(3);
    const ended = await end();
    expect(ended.status).toBe(204);
    const answers = [await subscribe(), await rotate('one'), await rotate('two'), await end()];
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      [subscribed, first, second, ended].map(({ status, body }) => [status, body]),
    );
    expect(await rotate('three')).toMatchObject({ status: 404, body: { code: 'webhook-not-found' } });
    const rival = await running.admin.newCaller('partner', 'rival');
    expect(await rival.call('DELETE', path, undefined, under('end'))).toMatchObject({ status: 404 });
  });

  it('of a redelivery deliver nothing again', async () => {
    const { webhookId } = (await press.post('/api/webhooks', { url: endpoint.url })).body;
    await running.admin.createAuction();
    await until(() => endpoint.received.length === 1);
    const eventId = endpoint.received[0]?.headers['webhook-id'];
    const again = (body: object, headers = {}) => press.post(`/api/webhooks/${webhookId}/redeliver`, body, headers);
    const once = await again({ eventId }, under('again'));
    expect(once).toMatchObject({ status: 202, body: { deliveries: 1 } });
    await until(() => endpoint.received.length === 2);
    expect((await again({ eventId }, under('again'))).body).toEqual(once.body);
    expect(await again({ dead: true }, under('again'))).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
    expect(await again({ dead: true }, under('a b'))).toMatchObject({ status: 400 });
    const { revision } = await running.server.backend.webhooks.load(webhookId);
    expect(await again({ dead: true }, { 'if-match': `"${revision + 1}"` })).toMatchObject({ status: 412 });
    expect(await again({ dead: true }, { 'if-match': `"${revision}"` })).toMatchObject({ status: 202 });
    running = await running.restart({ GAVEL_WEBHOOKS_ALLOW_PRIVATE: 'true' });
    press = running.admin.as(press.key);
    expect((await again({ eventId }, under('again'))).body).toEqual(once.body);
    await running.admin.createAuction();
    await until(() => endpoint.received.length === 3);
  });
});
