import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import { pino } from 'pino';
import { RunningServer } from '../testing/running-server.js';
import { Metrics } from './metrics.js';
import { observeRequests } from './observe-requests.js';

/** Where lines about requests go, and what they say. */
const captured = () => {
  const lines: { level: number; route?: string; msg: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const answered = () =>
    lines.filter(({ msg }) => msg === 'answered').map(({ level, route }) => [pino.levels.labels[level], route]);
  return { destination, answered };
};

describe('what is counted of requests', () => {
  it('is apart by method and status, also where there is no route, and one series for each', async () => {
    const fastify = Fastify();
    const metrics = new Metrics();
    observeRequests(fastify, metrics, { debugs: false });
    fastify.get('/here/:id', () => 'found');
    const url = await fastify.listen();
    for (const path of ['/here/1', '/here/2', '/nowhere/1', '/nowhere/2']) await fetch(url + path);
    await fetch(`${url}/here/1`, { method: 'HEAD' });
    await fetch(`${url}/nowhere/1`, { method: 'POST' });
    const counts = (await metrics.registry.metrics()).match(/gavel_http_request_seconds_count.*/g);
    expect(counts?.sort()).toEqual([
      'gavel_http_request_seconds_count{method="GET",route="/here/:id",status="200"} 2',
      'gavel_http_request_seconds_count{method="GET",route="unknown",status="404"} 2',
      'gavel_http_request_seconds_count{method="HEAD",route="/here/:id",status="200"} 1',
      'gavel_http_request_seconds_count{method="POST",route="unknown",status="404"} 1',
    ]);
    await fastify.close();
  });
});

describe('what the log says of requests', () => {
  it('warns of a slow answer, but not where the route waits by design; a failure is an error on both', async () => {
    const { destination, answered } = captured();
    const log: FastifyBaseLogger = pino({}, destination);
    const fastify = Fastify({ childLoggerFactory: () => log });
    observeRequests(fastify, new Metrics(), { debugs: false });
    for (const [route, waits] of [
      ['/works', false],
      ['/waits', true],
    ] as const) {
      fastify.get(route, { config: { waits } }, () => sleep(1_050, 'done'));
      fastify.get(`${route}/fails`, { config: { waits } }, () => Promise.reject(new Error('broken')));
    }
    const url = await fastify.listen();
    for (const route of ['/works', '/waits']) {
      expect((await fetch(url + route)).status).toBe(200);
      expect((await fetch(`${url}${route}/fails`)).status).toBe(500);
    }
    expect(answered()).toEqual([
      ['warn', '/works'],
      ['error', '/works/fails'],
      ['error', '/waits/fails'],
    ]);
    await fastify.close();
  });

  it('does not warn of an idle long poll, and says nothing of an event stream', async () => {
    const { destination, answered } = captured();
    const running = await RunningServer.start({ GAVEL_LOG_LEVEL: 'debug' }, undefined, destination);
    const partner = await running.admin.newCaller('partner', 'acme');
    const headers = { authorization: `Bearer ${running.admin.key}` };
    const stream = await fetch(`${running.admin.url}/api/stream?all=true`, { headers });
    expect(stream.status).toBe(200);
    expect((await partner.get('/api/events?wait=2')).body).toMatchObject({ events: [], atEnd: true });
    await running.server.close();
    await stream.text();
    expect(answered()).toEqual([
      ['debug', '/api/keys'],
      ['debug', '/api/events'],
    ]);
    await rm(running.dataDir, { recursive: true });
  });
});
