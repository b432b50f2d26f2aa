import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryView, SubscribedWebhook, WebhookView } from '#contracts/http/webhooks.js';
import { until } from '#testing/until.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';
import { Endpoint } from './testing/endpoint.js';

const AN_ID = '01890000-0000-7000-8000-000000000000';

describe('webhooks', () => {
  let running: RunningServer;
  let press: GavelClient;
  let endpoint: Endpoint;
  beforeAll(async () => {
    running = await RunningServer.start({ GAVEL_WEBHOOKS_ALLOW_PRIVATE: 'true' });
    press = await running.admin.newCaller('partner', 'press');
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    endpoint = await Endpoint.start();
  });
  afterEach(() => endpoint.stop());

  const subscribe = (caller = press, body: object = {}) =>
    caller.expect(201, caller.post<SubscribedWebhook>('/api/webhooks', { url: endpoint.url, ...body }));
  const deliveries = async (webhookId: string, query = '') =>
    (await press.expect(200, press.get<{ items: DeliveryView[] }>(`/api/webhooks/${webhookId}/deliveries${query}`)))
      .items;

  it('sends each public event, the same as in the feed, signed as the stock library verifies', async () => {
    const { secret, webhookId } = await subscribe();
    const { auctionId } = await running.admin.createAuction();
    const { lotId } = await running.admin.addLot(auctionId);
    await running.admin.run(auctionId, 'start');
    await (await running.admin.newCaller('bidder', 'ada')).bid(lotId, 500);
    await until(() => endpoint.received.length === 4);
    const feed = (await press.get('/api/events?limit=1000')).body.events;
    const own = feed.filter((event: { auctionId: string }) => event.auctionId === auctionId);
    // Several may be under way at once: the receiver orders them by what they say.
    const byId = (events: readonly { eventId: string }[]) => new Map(events.map((event) => [event.eventId, event]));
    expect(byId(endpoint.verified(secret))).toEqual(byId(own));
    for (const { headers, body } of endpoint.received) expect(headers['webhook-id']).toBe(JSON.parse(body).eventId);
    await until(async () => (await deliveries(webhookId)).length === 4);
    expect(await deliveries(webhookId)).toMatchObject(
      Array(4).fill({ state: 'delivered', attempts: 1, status: 204, error: null, nextAttemptAt: null }),
    );
    await press.call('DELETE', `/api/webhooks/${webhookId}`);
  });

  it('shows the secret at the subscription and never again, and keeps it nowhere', async () => {
    const { secret, webhookId, ...view } = await subscribe();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const one = (await press.get<WebhookView>(`/api/webhooks/${webhookId}`)).body;
    expect(one).toEqual({ webhookId, ...view });
    expect(JSON.stringify((await press.get('/api/webhooks')).body)).not.toContain('whsec');
    const bytes = Buffer.from(secret.slice(6), 'base64');
    for (const file of ['events.db', 'events.db-wal', 'webhooks.db', 'webhooks.db-wal']) {
      const stored = await readFile(join(running.dataDir, file));
      expect([stored.includes(secret.slice(6)), stored.includes(bytes)]).toEqual([false, false]);
    }
    await press.call('DELETE', `/api/webhooks/${webhookId}`);
  });

  it('answers the repeat of a subscription under the same key with the same subscription and secret', async () => {
    const headers = { 'idempotency-key': 'once' };
    const one = (await press.post('/api/webhooks', { url: endpoint.url }, headers)).body;
    expect((await press.post('/api/webhooks', { url: endpoint.url }, headers)).body).toEqual(one);
    expect(await press.post('/api/webhooks', { url: `${endpoint.url}2` }, headers)).toMatchObject({ status: 422 });
    await press.call('DELETE', `/api/webhooks/${one.webhookId}`);
  });

  it('never shows a partner the subscription of another', async () => {
    const { webhookId } = await subscribe();
    const rival = await running.admin.newCaller('partner', 'rival');
    expect((await rival.get('/api/webhooks')).body.items).toEqual([]);
    const routes: [string, string][] = [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/deliveries'],
      ['POST', '/enable'],
      ['POST', '/rotate-secret'],
      ['POST', '/redeliver'],
    ];
    for (const [method, rest] of routes) {
      const body = rest === '/redeliver' ? { dead: true } : undefined;
      for (const headers of [{}, { 'if-match': '"77"' }, { 'idempotency-key': 'mine' }]) {
        const answers = [webhookId, AN_ID].map((id) => rival.call(method, `/api/webhooks/${id}${rest}`, body, headers));
        const [another, none] = (await Promise.all(answers)).map((answer) => ({ ...answer.body, requestId: null }));
        expect([method, rest, another]).toEqual([method, rest, none]);
        expect(none).toMatchObject({ status: 404, code: 'webhook-not-found' });
      }
    }
    expect((await press.get(`/api/webhooks/${webhookId}`)).body.state).toBe('active');
    await press.call('DELETE', `/api/webhooks/${webhookId}`);
  });

  it('limits the subscription of a limited key, which sees no wider one', async () => {
    const { auctionId } = await running.admin.createAuction();
    const issue = { role: 'partner', subject: 'press', auctionIds: [auctionId] };
    const limited = running.admin.as((await running.admin.post('/api/keys', issue)).body.key);
    const wide = await subscribe();
    const narrow = await subscribe(limited);
    expect(narrow.auctionIds).toEqual([auctionId]);
    const ids = async (caller: GavelClient) =>
      (await caller.get('/api/webhooks')).body.items.map(({ webhookId }: WebhookView) => webhookId);
    expect(await ids(limited)).toEqual([narrow.webhookId]);
    expect(await limited.get(`/api/webhooks/${wide.webhookId}`)).toMatchObject({ status: 404 });
    expect((await ids(press)).sort()).toEqual([wide.webhookId, narrow.webhookId].sort());
    await running.admin.createAuction();
    await running.admin.addLot(auctionId);
    await until(() => endpoint.received.length === 3);
    const toNarrow = (await deliveries(narrow.webhookId)).map(({ eventType }) => eventType);
    expect(toNarrow).toEqual(['LotListed']);
    for (const { webhookId } of [wide, narrow]) await press.call('DELETE', `/api/webhooks/${webhookId}`);
  });

  it('takes two secrets for a day behind a rotation, and both are verified', async () => {
    const { secret, webhookId } = await subscribe();
    const rotated = await press.expect(200, press.post<SubscribedWebhook>(`/api/webhooks/${webhookId}/rotate-secret`));
    expect(rotated.secret).not.toBe(secret);
    expect(Date.parse(rotated.previousSecretUntil as string)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    await running.admin.createAuction();
    await until(() => endpoint.received.length === 1);
    expect(endpoint.verified(secret)).toEqual(endpoint.verified(rotated.secret));
    await press.call('DELETE', `/api/webhooks/${webhookId}`);
  });

  it('delivers again: one event, and a range by cursor', async () => {
    const { nextCursor } = (await press.get('/api/events?limit=1000')).body;
    const { webhookId } = await subscribe(press, { eventTypes: ['AuctionCreated'] });
    for (let i = 0; i < 3; i += 1) await running.admin.createAuction();
    await until(async () => (await deliveries(webhookId)).length === 3);
    const [newest] = await deliveries(webhookId);
    const again = `/api/webhooks/${webhookId}/redeliver`;
    expect(await press.post(again, { eventId: newest?.eventId })).toMatchObject({
      status: 202,
      body: { deliveries: 1 },
    });
    await until(() => endpoint.received.length === 4);
    expect(endpoint.received.at(-1)?.headers['webhook-id']).toBe(newest?.eventId);
    expect(await press.post(again, { after: nextCursor })).toMatchObject({ status: 202, body: { deliveries: null } });
    await until(() => endpoint.received.length === 7);
    const times = (await press.get(`/api/events?after=${nextCursor}`)).body.events as { timestamp: string }[];
    const last = times.at(-1)?.timestamp as string;
    const since = times.filter(({ timestamp }) => timestamp >= last).length;
    expect(await press.post(again, { since: last })).toMatchObject({ status: 202, body: { deliveries: null } });
    await until(() => endpoint.received.length === 7 + since);
    expect(await press.post(again, { dead: true })).toMatchObject({ status: 202, body: { deliveries: 0 } });
    expect(await press.post(again, { eventId: AN_ID })).toMatchObject({
      status: 404,
      body: { code: 'delivery-not-found' },
    });
    await press.call('DELETE', `/api/webhooks/${webhookId}`);
  });

  it.each<[object, string]>([
    [{}, 'body'],
    [{ dead: true, eventId: AN_ID }, 'body'],
    [{ dead: false }, 'dead'],
    [{ eventId: 'x' }, 'eventId'],
    [{ after: 'nonsense' }, 'after'],
    [{ since: 'yesterday' }, 'since'],
    [{ dead: true, until: 'x' }, 'until'],
    [{ all: true }, 'all'],
  ])('refuses to deliver again %j', async (body, field) => {
    const { webhookId } = await subscribe();
    expect(await press.post(`/api/webhooks/${webhookId}/redeliver`, body)).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', errors: [{ field }] },
    });
    await press.call('DELETE', `/api/webhooks/${webhookId}`);
  });

  it.each<[object, string]>([
    [{}, 'url'],
    [{ url: 'ftp://hooks.example/' }, 'url'],
    [{ url: 'https://ada:secret@hooks.example/' }, 'url'],
    [{ url: `https://hooks.example/${'x'.repeat(2_048)}` }, 'url'],
    [{ url: 'https://hooks.example/', eventTypes: [] }, 'eventTypes'],
    [{ url: 'https://hooks.example/', eventTypes: ['LotOpened'] }, 'eventTypes.0'],
    [{ url: 'https://hooks.example/', secret: 'mine' }, 'secret'],
  ])('refuses the subscription %j', async (body, field) => {
    expect(await press.post('/api/webhooks', body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('gives a partner so many and no more', async () => {
    const many = await running.admin.newCaller('partner', 'many');
    for (let i = 0; i < 20; i += 1) await subscribe(many, { url: 'https://hooks.example/' });
    expect(await many.post('/api/webhooks', { url: 'https://hooks.example/' })).toMatchObject({
      status: 409,
      body: { code: 'webhook-limit-reached' },
    });
    const pages = await many.get('/api/webhooks?limit=15');
    expect(pages.body.items).toHaveLength(15);
    expect((await many.get(`/api/webhooks?limit=15&cursor=${pages.body.nextCursor}`)).body.items).toHaveLength(5);
  });

  it('gives so many and no more to thirty requests at once, and a repeat the one that it made', async () => {
    const eager = await running.admin.newCaller('partner', 'eager');
    const body = { url: 'https://hooks.example/' };
    const ask = (_: unknown, i: number) => eager.post('/api/webhooks', body, { 'idempotency-key': `hook-${i}` });
    const answers = await Promise.all(Array.from({ length: 30 }, ask));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status !== 201).map(({ status, body }) => [status, body.code]);
    expect(refused).toEqual(Array(10).fill([409, 'webhook-limit-reached']));
    expect((await eager.get('/api/webhooks')).body.items).toHaveLength(20);
    const made = answers.findIndex(({ status }) => status === 201);
    expect((await ask(null, made)).body).toEqual(answers[made]?.body);
  });
});

describe('a server', () => {
  it('allows neither http nor private addresses unless the setting says so', async () => {
    const running = await RunningServer.start();
    for (const url of ['http://hooks.example/', 'https://127.0.0.1:8443/', 'https://[::ffff:10.0.0.1]/']) {
      expect(await running.admin.post('/api/webhooks', { url })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'url' }] },
      });
    }
    await running.stop();
  });

  it('that does not deliver says so where only the one that does knows the answer', async () => {
    const running = await RunningServer.start({ GAVEL_ROLES: 'api' });
    const { webhookId } = (await running.admin.post('/api/webhooks', { url: 'https://hooks.example/' })).body;
    expect(await running.admin.get(`/api/webhooks/${webhookId}/deliveries`)).toMatchObject({
      status: 503,
      body: { code: 'webhooks-elsewhere' },
    });
    await running.stop();
  });
});
