import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { GavelClient } from '../testing/gavel-client.js';
import { PushClient } from '../testing/push-client.js';
import { ADMIN_KEY, RunningServer } from '../testing/running-server.js';

const SOME_LOT = '019a0000-0000-7000-8000-000000000001';

describe('the door of /ws', () => {
  let running: RunningServer;
  let ada: GavelClient;
  const open: PushClient[] = [];
  beforeAll(async () => {
    running = await RunningServer.start({ GAVEL_PUSH_PER_CALLER: '2', GAVEL_ORIGINS: 'https://shop.example' });
    ada = await running.admin.newCaller('bidder', 'ada');
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });
  afterAll(() => running.stop());

  const connect = async (caller: Pick<GavelClient, 'url' | 'key'>, headers = {}) => {
    const client = await PushClient.open(caller, headers);
    open.push(client);
    return client;
  };
  const stranger = () => connect({ url: running.admin.url, key: null });

  /** The answer to an upgrade that is refused. */
  async function refused(path: string, headers: Record<string, string>) {
    const ws = new WebSocket(`${running.admin.url.replace('http', 'ws')}${path}`, { headers });
    const [, response] = (await once(ws, 'unexpected-response')) as [ClientRequest, IncomingMessage];
    let body = '';
    for await (const chunk of response) body += chunk;
    return { status: response.statusCode, code: JSON.parse(body).code, type: response.headers['content-type'] };
  }

  it.each([
    ['a wrong key', '/ws', { authorization: 'Bearer wrong' }, 401, 'unauthenticated'],
    ['an empty key', '/ws', { 'x-api-key': '' }, 401, 'unauthenticated'],
    ['a page from elsewhere', '/ws', { origin: 'https://evil.example' }, 403, 'origin-not-allowed'],
    ['a page without an origin', '/ws', { origin: 'null' }, 403, 'origin-not-allowed'],
    ['another address', '/wss', {}, 404, 'not-found'],
  ] as const)('is closed for %s', async (_, path, headers, status, code) => {
    expect(await refused(path, headers)).toEqual({ status, code, type: 'application/problem+json' });
  });

  it('is open for the own page, for those that are set, and for programs', async () => {
    for (const headers of [{ origin: running.admin.url }, { origin: 'https://shop.example' }]) {
      await (await connect(ada, headers)).next('Welcome');
      open.pop()?.close();
    }
    const client = await connect({ url: ada.url, key: null }, { 'x-api-key': ada.key });
    expect(await client.next('Welcome')).toMatchObject({ role: 'bidder', subject: 'ada' });
  });

  it('lets a browser say who it is in its first message', async () => {
    const client = await stranger();
    client.send({ authenticate: ada.key });
    expect(await client.next('Welcome')).toMatchObject({ role: 'bidder', subject: 'ada' });
    client.send({ authenticate: ada.key });
    expect(await client.next('Problem')).toMatchObject({ code: 'already-authenticated' });
  });

  it.each([
    ['says something else first', { subscribe: { lots: [SOME_LOT] } }],
    ['has a wrong key', { authenticate: 'gvl_wrong' }],
    ['says nothing sensible', 'hello'],
  ] as const)('is closed again for who %s', async (_, message) => {
    const client = await stranger();
    client.send(message);
    expect(await client.gone()).toEqual({ code: 4401, reason: 'unauthenticated' });
    expect(client.messages).toEqual([{ type: 'Problem', code: 'unauthenticated', detail: expect.any(String) }]);
  });

  it.each([
    ['no JSON', 'hello', 'message'],
    ['none of the messages', { hello: 1 }, 'message'],
    ['an unknown field', { subscribe: { lot: [] } }, 'subscribe.lot'],
    ['no id', { subscribe: { lots: ['x'] } }, 'subscribe.lots.0'],
    ['a position that is none', { subscribe: { after: -1 } }, 'subscribe.after'],
    ['a position that was never told', { subscribe: { after: '99999999' } }, 'subscribe.after'],
    ['too many lots', { subscribe: { lots: Array(1_001).fill(SOME_LOT) } }, 'subscribe.lots'],
  ] as const)('names what is wrong with %s, and stays open', async (_, message, field) => {
    const client = await connect(ada);
    client.send(message);
    expect(await client.next('Problem')).toMatchObject({ code: 'validation-failed', errors: [{ field }] });
    await client.subscribe({});
  });

  it('says that there is no such lot or auction, and subscribes to the rest', async () => {
    const client = await connect(ada);
    await client.subscribe({ lots: [SOME_LOT], auctions: [SOME_LOT] });
    expect(client.of('Problem')).toEqual([
      { type: 'Problem', code: 'lot-not-found', detail: expect.any(String), lotId: SOME_LOT },
      { type: 'Problem', code: 'auction-not-found', detail: expect.any(String), auctionId: SOME_LOT },
    ]);
  });

  it('takes so many connections of one caller', async () => {
    await connect(ada);
    await connect(ada);
    const headers = { authorization: `Bearer ${ada.key}` };
    expect(await refused('/ws', headers)).toMatchObject({ status: 429, code: 'too-many-connections' });
    // Before anything is looked for.
    const stream = await fetch(`${running.server.url}/api/stream?lots=${SOME_LOT}`, { headers });
    expect(stream.status).toBe(429);
    const client = await stranger();
    client.send({ authenticate: ada.key });
    expect(await client.gone()).toEqual({ code: 1013, reason: 'too-many-connections' });
  });

  it('takes so many from one address that have not said who they are', async () => {
    const strangers = await Promise.all(Array.from({ length: 200 }, stranger));
    expect(await refused('/ws', {})).toMatchObject({ status: 503, code: 'full' });
    const elsewhere = new WebSocket(`${running.admin.url.replace('http', 'ws')}/ws`, { localAddress: '127.0.0.2' });
    await once(elsewhere, 'open');
    elsewhere.close();
    const [first] = strangers;
    first?.send({ authenticate: ada.key });
    await first?.next('Welcome');
    await stranger();
  });

  it('closes on what is too large, no text, or too much', async () => {
    const large = await connect(ada);
    large.send(' '.repeat(64 * 1024 + 1));
    expect((await large.gone()).code).toBe(1009);
    const binary = await connect(ada);
    binary.ws.send(Buffer.from('{}'), { binary: true });
    expect((await binary.gone()).code).toBe(1003);
    const many = await connect(ada);
    for (let n = 0; n < 40; n += 1) many.send({ subscribe: {} });
    expect(await many.gone()).toEqual({ code: 1008, reason: 'rate-limited' });
  });
});

test('strangers and failed attempts of one IPv6 network are counted together', async () => {
  const running = await RunningServer.start({ GAVEL_TRUSTED_PROXIES: 'loopback', GAVEL_RATE_LIMIT: '1' });
  const from = (address: string, credential = {}) => {
    const headers = { 'x-forwarded-for': address, ...credential };
    return new WebSocket(`${running.server.url.replace('http', 'ws')}/ws`, { headers });
  };
  const came = async (ws: WebSocket) => {
    const answer = await Promise.race([
      once(ws, 'open').then(() => 'open' as const),
      once(ws, 'unexpected-response').then(([, response]) => (response as IncomingMessage).statusCode),
    ]);
    return answer;
  };
  const strangers = Array.from({ length: 201 }, (_, n) => from(`2001:db8:1:1::${n.toString(16)}`));
  const answers = await Promise.all(strangers.map(came));
  expect([
    answers.filter((answer) => answer === 'open').length,
    answers.filter((answer) => answer === 503).length,
  ]).toEqual([200, 1]);
  const neighbour = from('2001:db8:1:2::1');
  expect(await came(neighbour)).toBe('open');
  for (const ws of [...strangers, neighbour]) ws.terminate();
  const attempts: unknown[] = [];
  while (attempts.at(-1) !== 429 && attempts.length < 20) {
    attempts.push(await came(from(`2001:db8:2:1::${attempts.length}`, { 'x-api-key': 'wrong' })));
  }
  expect([...new Set(attempts)]).toEqual([401, 429]);
  const headers = { 'x-api-key': 'wrong', 'x-forwarded-for': '2001:db8:2:1:abcd::1' };
  expect((await fetch(`${running.server.url}/api/me`, { headers })).status).toBe(429);
  await running.stop();
});

test('clients that do not answer the goodbye hold up no end of the process, be they known or not', async () => {
  const running = await RunningServer.start();
  const { port } = new URL(running.server.url);
  const handshake = (credential: string) =>
    `GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${credential}` +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
  const mute = ['', `X-API-Key: ${ADMIN_KEY}\r\n`].map(async (credential) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(handshake(credential));
    await once(socket, 'data');
    return socket;
  });
  const sockets = await Promise.all(mute);
  const gone = sockets.map((socket) => once(socket.resume(), 'close'));
  await running.stop();
  await Promise.all(gone);
}, 15_000);
