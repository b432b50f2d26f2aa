import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describeWith } from '#testing/needs.js';
import { Balancer, balancerNeeds } from './testing/balancer.js';
import { RunningServer } from './testing/running-server.js';

/** From the folder that the tests are compiled to. */
const deployed = fileURLToPath(new URL('../../../../deploy/haproxy.cfg', import.meta.url));

describeWith(balancerNeeds, 'behind the balancer that is deployed', () => {
  let running: RunningServer;
  let balancer: Balancer;
  beforeAll(async () => {
    // Callers are in the trusted range too, as where Docker or a local network stands between.
    running = await RunningServer.start({ GAVEL_RATE_LIMIT: '1', GAVEL_TRUSTED_PROXIES: 'loopback' });
    balancer = await Balancer.start(deployed, running.admin.url);
  });
  afterAll(async () => {
    await balancer.stop();
    await running.stop();
  });

  it.each([
    '/metrics',
    '/metrics?x',
    '/%6detrics',
    '/metric%73',
    '/health/ready',
    '/health/live',
    '/%68ealth/ready',
    '/health%2fready',
  ])('nobody from outside sees %s', async (path) => {
    const { status, body } = await balancer.call(path);
    expect([status, body.slice(0, 6)]).toEqual([404, '<html>']);
  });

  it('a request that drips in line by line is not waited for', async () => {
    const socket = connect(balancer.port, '127.0.0.1');
    socket.write('GET /api/time HTTP/1.1\r\nHost: x\r\n');
    const dripping = setInterval(() => socket.write('X-Line: x\r\n'), 100);
    const [answer] = await Promise.all([text(socket), once(socket, 'close')]);
    clearInterval(dripping);
    expect(answer.slice(0, 12)).toBe('HTTP/1.1 408');
  });

  it.each([
    ['/api/me', '127.0.0.2', '127.0.0.3'],
    ['/api/webhooks', '127.0.0.4', '127.0.0.5'],
  ])('failed attempts at %s count against each caller, whatever it calls itself', async (path, one, another) => {
    const attempt = async (from: string, claimed: string) => {
      const headers = { authorization: 'Bearer wrong', 'x-forwarded-for': claimed };
      return (await balancer.call(path, { from, headers })).status;
    };
    const seen: number[] = [];
    // As fast as they go: a moment later one more is let through.
    while (seen.at(-1) !== 429 && seen.length < 20) seen.push(await attempt(one, `203.0.113.${seen.length}`));
    expect([...new Set(seen)]).toEqual([401, 429]);
    expect(await attempt(another, one)).toBe(401);
  });
});
