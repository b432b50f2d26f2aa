import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import { until } from '#testing/until.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';

const PATIENCE_MS = 30_000;

describe('the spool of a real process', () => {
  let dataDir: string;
  let server: ServerProcess;
  beforeEach(async () => {
    dataDir = await emptyDirectory();
  });
  afterEach(async () => {
    await server.end('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Bids until the store's file may not grow any more; answers what was acknowledged, and with what. */
  async function bidUntil(
    bidder: GavelClient,
    lotId: string,
    wanted: number,
  ): Promise<{ bidId: string; status: number }[]> {
    const acknowledged: { bidId: string; status: number }[] = [];
    const spooled = () => acknowledged.filter(({ status }) => status === 202).length;
    for (let amount = 101; spooled() < wanted && amount < 30_000; amount += 20) {
      const bid = (_: unknown, i: number) => bidder.post(`/api/lots/${lotId}/bids`, { amount: amount + i });
      for (const { status, body } of await Promise.all(Array.from({ length: 20 }, bid))) {
        expect([201, 202, 503]).toContain(status);
        if (status !== 503) acknowledged.push({ bidId: body.bidId, status });
      }
    }
    expect(spooled()).toBeGreaterThanOrEqual(wanted);
    return acknowledged;
  }

  async function storedBids(): Promise<string[]> {
    const reader = openEmbeddedReader(dataDir);
    const events = await reader.readAll(null, 100_000, ['BidPlaced', 'BidArrivedLate']);
    await reader.close();
    return events.map(({ data }) => (data as { bidId: string }).bidId);
  }

  it('takes bids while the disk of the store is full, tells them, and has each once after kill -9 and a restart', async () => {
    server = await ServerProcess.start(dataDir, {}, 1_500);
    const { lotId } = await server.admin.openLot();
    const bidder = await server.admin.newCaller('bidder', 'ada');
    const other = await server.admin.newCaller('bidder', 'bob');
    const acknowledged = await bidUntil(bidder, lotId, 40);
    const spooled = acknowledged.filter(({ status }) => status === 202).at(-1)?.bidId;

    const path = `/api/bids/${spooled}`;
    expect(await bidder.get(path)).toMatchObject({ status: 200, body: { state: 'spooled', outcome: 'pending' } });
    expect((await server.admin.get(path)).body).toMatchObject({ bidderId: 'ada', state: 'spooled' });
    expect((await other.get(path)).status).toBe(404);
    expect((await bidder.get('/api/me/bids?limit=1')).body.items).toMatchObject([{ state: 'spooled' }]);
    const ready = await server.admin.get('/health/ready');
    expect(ready).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect(ready.body.checks.spool).toMatch(/^\d+ bids wait for the event store, the oldest for \d+ s$/);
    expect((await server.admin.get('/metrics')).body).toMatch(/^gavel_spool_depth [1-9]/m);

    await server.end('SIGKILL');
    server = await ServerProcess.start(dataDir);
    const again = server.admin.as(bidder.key);
    await until(async () => (await server.admin.get('/metrics')).body.includes('gavel_spool_depth 0'), PATIENCE_MS);
    await until(async () => (await again.get(path)).body.state === 'stored', PATIENCE_MS);
    await until(async () => (await server.admin.get('/health/ready')).body.status === 'ok', PATIENCE_MS);
    expect((await again.get('/api/me/bids?limit=1')).body.items).toMatchObject([{ state: 'stored' }]);
    const stored = await storedBids();
    expect(new Set(stored).size).toBe(stored.length);
    expect(acknowledged.filter(({ bidId }) => !stored.includes(bidId))).toEqual([]);
  }, 120_000);

  it('answers 503 once the spool may not grow either, and drains by itself when there is space again', async () => {
    server = await ServerProcess.start(dataDir, { GAVEL_SPOOL_MAX: '50' }, 1_500);
    const { lotId } = await server.admin.openLot();
    const bidder = await server.admin.newCaller('bidder', 'ada');
    const acknowledged = await bidUntil(bidder, lotId, 50);
    const refused = await bidder.post(`/api/lots/${lotId}/bids`, { amount: 500_000 });
    expect(refused).toMatchObject({ status: 503, body: { code: 'store-unavailable' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await server.admin.get('/health/ready')).toMatchObject({ status: 503, body: { status: 'unavailable' } });

    server.liftFileLimit();
    await until(async () => (await server.admin.get('/metrics')).body.includes('gavel_spool_depth 0'), PATIENCE_MS);
    expect((await bidder.post(`/api/lots/${lotId}/bids`, { amount: 600_000 })).status).toBe(201);
    const stored = await storedBids();
    expect(new Set(stored).size).toBe(stored.length);
    expect(acknowledged.filter(({ bidId }) => !stored.includes(bidId))).toEqual([]);
  }, 120_000);

  it('does not start on a spool that is damaged', async () => {
    server = await ServerProcess.start(dataDir);
    await server.end('SIGKILL');
    writeFileSync(join(dataDir, 'spool.db'), 'no spool at all');
    for (const log of ['spool.db-wal', 'spool.db-shm']) await rm(join(dataDir, log), { force: true });
    server = ServerProcess.spawn({ GAVEL_DATA_DIR: dataDir }, 0);
    expect(await server.exit()).toBe(1);
    expect(server.output).toMatch(/^gavel: .*spool\.db.*\n$/);
  }, 60_000);
});
