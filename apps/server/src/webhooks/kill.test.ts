import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#testing/until.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';

const KILLS = 4;
const EACH = 30;

it('loses no delivery however often the process is killed, and repeats under the same id', async () => {
  const received = new Map<string, string>();
  let refuse = false;
  const endpoint = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const id = String(request.headers['webhook-id']);
      // Whatever comes again is the same to the byte.
      if (received.has(id)) expect(received.get(id)).toBe(body);
      if (!refuse) received.set(id, body);
      response.writeHead(refuse ? 503 : 204).end();
    });
  });
  endpoint.listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  const dataDir = await emptyDirectory();
  const env = { GAVEL_WEBHOOKS_ALLOW_PRIVATE: 'true', GAVEL_LOG_LEVEL: 'error' };
  const auctions: string[] = [];
  let webhookId = '';
  for (let round = 0; round < KILLS; round += 1) {
    const server = await ServerProcess.start(dataDir, env);
    if (round === 0) ({ webhookId } = (await server.admin.post('/api/webhooks', { url })).body);
    // In one round every attempt fails: those retries have to survive the next death.
    refuse = round === 1;
    for (let i = 0; i < EACH; i += 1) auctions.push((await server.admin.createAuction()).auctionId);
    await sleep(round * 15);
    await server.end('SIGKILL');
  }
  refuse = false;
  const server = await ServerProcess.start(dataDir, env);
  /** Delivered, or known to be tried again: on a slow machine some have failed twice, and wait for five minutes. */
  const accountedFor = async () => {
    const { body } = await server.admin.get(`/api/webhooks/${webhookId}/deliveries?state=pending&limit=1000`);
    return new Set([...received.keys(), ...body.items.map(({ eventId }: { eventId: string }) => eventId)]);
  };
  await until(async () => (await accountedFor()).size === auctions.length, 30_000);
  const told = new Set([...received.values()].map((body) => JSON.parse(body).auctionId));
  expect(auctions.filter((auctionId) => told.has(auctionId))).toHaveLength(received.size);
  expect(received.size).toBeGreaterThanOrEqual((KILLS - 1) * EACH);
  await server.end('SIGTERM');
  endpoint.closeAllConnections();
  endpoint.close();
  await rm(dataDir, { recursive: true });
}, 90_000);
