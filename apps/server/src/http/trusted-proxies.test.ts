import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { readSettings } from '../settings.js';
import { PushClient } from '../testing/push-client.js';
import { RunningServer } from '../testing/running-server.js';

/** Of `GAVEL_RATE_LIMIT` 1: more failed attempts at once than an address has. */
const TOO_MANY = 20;

describe('the trusted proxies', () => {
  it.each([
    ['1', '"1" is none'],
    ['10.0.0.0/33', '"10.0.0.0/33" is none'],
    ['10.0.0.0/0', '"10.0.0.0/0" is none'],
    ['10.0.0.1,balancer', '"balancer" is none'],
    ['true', '"true" is none'],
  ])('cannot be %s', (list, message) => {
    const start = () => readSettings({ GAVEL_TRUSTED_PROXIES: list });
    expect(start).toThrow('GAVEL_TRUSTED_PROXIES must list addresses, ranges like 10.0.0.0/8 or some of loopback,');
    expect(start).toThrow(message);
  });

  it.each([
    ['', []],
    ['10.0.0.1', ['10.0.0.1']],
    ['10.0.0.0/8, fd00::/8', ['10.0.0.1', '10.9.9.9', 'fd00::7']],
    ['uniquelocal', ['10.0.0.1', '10.9.9.9', '172.18.0.2', 'fd00::7']],
  ])('of "%s" are %j', (list, expected) => {
    const { trustedProxies } = readSettings({ GAVEL_TRUSTED_PROXIES: list });
    const addresses = ['10.0.0.1', '10.9.9.9', '172.18.0.2', 'fd00::7', '203.0.113.1', 'unknown'];
    expect(addresses.filter((address) => trustedProxies(address, 0))).toEqual(expected);
  });
});

describe('failed attempts to say who one is', () => {
  let running: RunningServer;
  const start = async (trusted: string) => {
    running = await RunningServer.start({ GAVEL_RATE_LIMIT: '1', GAVEL_TRUSTED_PROXIES: trusted });
  };
  afterEach(() => running.stop());

  const request = async (forwardedFor: string) =>
    (await running.admin.as('wrong').get('/api/me', { 'x-forwarded-for': forwardedFor })).status;
  const upgrade = async (forwardedFor: string) => {
    const headers = { authorization: 'Bearer wrong', 'x-forwarded-for': forwardedFor };
    const ws = new WebSocket(`${running.admin.url.replace('http', 'ws')}/ws`, { headers });
    const [, response] = (await once(ws, 'unexpected-response')) as [ClientRequest, IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  const message = async (forwardedFor: string) => {
    const client = await PushClient.open({ url: running.admin.url, key: null }, { 'x-forwarded-for': forwardedFor });
    client.send({ authenticate: 'wrong' });
    await client.gone();
    return client.of('Problem')[0]?.code === 'unauthenticated' ? 401 : 429;
  };
  const attempts = { request, upgrade, message };
  /** Attempts as fast as they go, until one is refused: a moment later one more is let through. */
  const untilRefused = async (attempt: (forwardedFor: string) => Promise<unknown>, from: (i: number) => string) => {
    const seen: unknown[] = [];
    while (seen.at(-1) !== 429 && seen.length < TOO_MANY) seen.push(await attempt(from(seen.length)));
    return seen;
  };
  const refused = [401, 429];

  it.each(Object.entries(attempts))('by %s count against whom a trusted proxy names', async (_, attempt) => {
    await start('127.0.0.1,10.0.0.0/8');
    const first = await untilRefused(attempt, () => '203.0.113.1');
    expect([...new Set(first)]).toEqual(refused);
    // What the caller claims stands before what the proxies say.
    const claimed = await untilRefused(attempt, () => '198.51.100.9, 203.0.113.1, 10.0.0.7');
    expect(claimed.length).toBeLessThan(first.length);
    expect(await attempt('203.0.113.2')).toBe(401);
    expect(await attempt('203.0.113.1, 203.0.113.2')).toBe(401);
    for (const other of Object.values(attempts)) {
      expect((await untilRefused(other, () => '203.0.113.1')).length).toBeLessThan(first.length);
    }
  });

  it.each(Object.entries(attempts))(
    'by %s count against the connection while no proxy is trusted',
    async (_, attempt) => {
      await start('');
      expect([...new Set(await untilRefused(attempt, (i) => `203.0.113.${i}`))]).toEqual(refused);
    },
  );
});
