import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '#testing/until.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';

const ENV = { GAVEL_WEBHOOKS_ALLOW_PRIVATE: 'true', GAVEL_LOG_LEVEL: 'error' };
const SUBSCRIPTIONS = 20;
/** An event is one row in the store and a page for each subscription in webhooks.db, which is full long before the store. */
const MAX_FILE_KIB = 1_500;
const PATIENCE_MS = 30_000;

describe('webhooks on a full disk', () => {
  /** The ids of the auctions that each subscription was told of. */
  const received = new Map<string, Set<string>>();
  let endpoint: Server;
  let dataDir: string;
  let server: ServerProcess;
  beforeEach(async () => {
    received.clear();
    dataDir = await emptyDirectory();
    endpoint = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      received.get(request.url as string)?.add(JSON.parse(Buffer.concat(chunks).toString()).auctionId);
      response.writeHead(204).end();
    });
    endpoint.listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
  });
  afterEach(async () => {
    await server.end('SIGKILL');
    endpoint.closeAllConnections();
    endpoint.close();
    await rm(dataDir, { recursive: true });
  });

  const webhooksCheck = async () => (await server.admin.get('/health/ready')).body.checks.webhooks as string;
  const metrics = async () => (await server.admin.get<string>('/metrics')).body;

  it.each<[string, () => Promise<void>]>([
    ['there is space again', async () => server.liftFileLimit()],
    [
      'the process was killed and started with more space',
      async () => {
        await server.end('SIGKILL');
        server = await ServerProcess.start(dataDir, ENV);
      },
    ],
  ])(
    'commands go on, everybody is told why nothing is delivered, and nothing is lost once %s',
    async (_, mend) => {
      server = await ServerProcess.start(dataDir, ENV, MAX_FILE_KIB);
      const { port } = endpoint.address() as AddressInfo;
      let webhookId = '';
      for (let i = 0; i < SUBSCRIPTIONS; i += 1) {
        received.set(`/${i}`, new Set());
        const { body } = await server.admin.post('/api/webhooks', { url: `http://127.0.0.1:${port}/${i}` });
        ({ webhookId } = body);
      }
      const auctions: string[] = [];
      const create = async () => auctions.push((await server.admin.createAuction()).auctionId);
      while ((await webhooksCheck()) === 'ok' && auctions.length < 300) await create();
      expect(await webhooksCheck()).toContain(`${dataDir}/webhooks.db cannot be written: `);
      expect(await server.admin.get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
      expect(await metrics()).toContain('gavel_webhook_journal_failing 1');
      const [delivery] = (await server.admin.get(`/api/webhooks/${webhookId}/deliveries?limit=1`)).body.items;
      const redeliver = { eventId: delivery.eventId };
      expect(await server.admin.post(`/api/webhooks/${webhookId}/redeliver`, redeliver)).toMatchObject({
        status: 503,
        body: { code: 'store-unavailable' },
      });
      for (let i = 0; i < 5; i += 1) await create();

      await mend();
      await until(() => [...received.values()].every(({ size }) => size === auctions.length), PATIENCE_MS);
      await until(async () => (await webhooksCheck()) === 'ok', PATIENCE_MS);
      expect(await metrics()).toContain('gavel_webhook_journal_failing 0');
      const path = `/api/webhooks/${webhookId}/deliveries?state=delivered&limit=1000`;
      await until(async () => (await server.admin.get(path)).body.items.length === auctions.length, PATIENCE_MS);
    },
    90_000,
  );
});
