import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BidAnswer } from '#contracts/http/lots.js';
import type { RecordedEvent } from '#event-store/event-store.js';
import { openEventStoreDb } from '#event-store/eventstoredb/event-store-db.js';
import { EventStoreDouble } from '#event-store/eventstoredb/testing/event-store-double.js';
import { freePort } from '#testing/free-ports.js';
import { until } from '#testing/until.js';
import type { GavelClient } from './testing/gavel-client.js';
import { emptyDirectory, ServerProcess } from './testing/server-process.js';

describe('a server on EventStoreDB', () => {
  let double: EventStoreDouble;
  let directory: string;
  let server: ServerProcess;
  beforeEach(async () => {
    directory = await emptyDirectory();
    double = await EventStoreDouble.start({ dataFile: join(directory, 'events.jsonl') });
  });
  afterEach(async () => {
    await server.end('SIGKILL');
    await double.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const start = () => ServerProcess.start(join(directory, 'data'), { EVENTSTORE_URL: double.url });

  async function openLot(admin: GavelClient): Promise<string> {
    const { auctionId } = await admin.createAuction();
    const { lotId } = await admin.addLot(auctionId);
    await admin.run(auctionId, 'start');
    return lotId;
  }

  async function storedEvents(stream: string): Promise<readonly RecordedEvent[]> {
    const store = openEventStoreDb({ url: double.url });
    const events = await store.readStream(stream, 0, 100_000);
    await store.close();
    return events;
  }

  it('loses and doubles no acknowledged bid while the store is killed under load, and closes at the best of them', async () => {
    server = await start();
    const lotId = await openLot(server.admin);
    const bidder = await server.admin.newCaller('bidder', 'ada');
    const acknowledged: BidAnswer[] = [];
    const spooled: string[] = [];
    const statuses = new Set<number>();
    let amount = 100;
    let stopped = false;
    const bid = async () => {
      while (!stopped) {
        amount += 1;
        const answer = await bidder.post(`/api/lots/${lotId}/bids`, { amount });
        statuses.add(answer.status);
        if (answer.status === 201) acknowledged.push(answer.body);
        if (answer.status === 202) spooled.push(answer.body.bidId);
      }
    };
    const load = Array.from({ length: 8 }, bid);
    for (const fault of ['kill-after', 'drop-after', 'timeout-after', 'kill-before'] as const) {
      const before = acknowledged.length;
      await until(() => acknowledged.length > before + 20, 60_000);
      await double.faults.plan(fault);
      if (!fault.startsWith('kill')) continue;
      await double.killed();
      await double.restart();
    }
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 20, 60_000);
    stopped = true;
    await Promise.all(load);
    expect([...statuses].filter((status) => ![201, 202, 503].includes(status))).toEqual([]);

    // What went to the spool meanwhile belongs to the stream before the lot closes.
    await until(async () => (await server.admin.get('/health/ready')).body.status === 'ok', 60_000);
    const result = await server.admin.close(lotId);
    const events = await storedEvents(`lot-${lotId}`);
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, i) => i));
    const bids = events.filter(({ type }) => type === 'BidPlaced').map(({ data }) => data as BidAnswer);
    expect(bids.map(({ sequence }) => sequence)).toEqual(bids.map((_, i) => i + 1));
    expect(new Set(bids.map(({ bidId }) => bidId)).size).toBe(bids.length);
    const byId = new Map(bids.map((stored) => [stored.bidId, stored]));
    for (const { bidId, amount, sequence } of acknowledged) {
      expect(byId.get(bidId)).toMatchObject({ amount, sequence });
    }
    expect(spooled.filter((bidId) => !byId.has(bidId))).toEqual([]);
    const best = bids.reduce((winner, each) => (each.amount > winner.amount ? each : winner));
    expect(result).toMatchObject({ state: 'sold', amount: best.amount, bidId: best.bidId });
  }, 280_000);

  it('says at the start where the events are, without the password, and counts its appends', async () => {
    server = await ServerProcess.start(join(directory, 'data'), {
      EVENTSTORE_URL: `kurrentdb://admin:changeit@127.0.0.1:${double.port}?tls=false`,
    });
    expect(server.output).toContain(`EventStoreDB, kurrentdb://127.0.0.1:${double.port}?tls=false\n`);
    expect(server.output).not.toContain('changeit');
    await openLot(server.admin);
    const { text } = await metrics(server);
    expect(text).toMatch(/^gavel_store_commit_seconds_count [1-9]/m);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('waits for a store that is away at its first start: it lives, is not ready, and goes on by itself', async () => {
    await double.kill();
    const port = await freePort();
    const env = { EVENTSTORE_URL: double.url, GAVEL_DATA_DIR: join(directory, 'data') };
    server = ServerProcess.spawn(env, port);
    const { admin } = server;
    await until(async () => (await admin.get('/health/live').catch(() => null))?.status === 200, 45_000);
    expect(await admin.get('/health/ready')).toMatchObject({
      status: 503,
      body: {
        status: 'unavailable',
        checks: { server: 'is starting: it waits for the event store, or its read models are built or catch up' },
      },
    });
    const refused = await admin.post('/api/auctions', { title: 'Too early' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'starting' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    await until(() => server.output.includes('waiting for the store'));
    await double.restart();
    await until(async () => (await admin.get('/health/ready').catch(() => null))?.status === 200, 45_000);
    await openLot(admin);
  }, 150_000);

  it('ends at SIGTERM while it waits for a store that is away', async () => {
    await double.kill();
    const env = { EVENTSTORE_URL: double.url, GAVEL_DATA_DIR: join(directory, 'data') };
    server = ServerProcess.spawn(env, await freePort());
    await until(() => server.output.includes('waiting for the store'), 45_000);
    expect(await server.end('SIGTERM')).toBe(0);
  }, 60_000);

  it('starts while the store is away once it has read models: queries are answered, bids are spooled, and it says that it is degraded', async () => {
    server = await start();
    const lotId = await openLot(server.admin);
    await until(async () => (await server.admin.lot(lotId)).state === 'open');
    expect(await server.end('SIGTERM')).toBe(0);
    await double.kill();

    server = ServerProcess.spawn(
      { EVENTSTORE_URL: double.url, GAVEL_DATA_DIR: join(directory, 'data') },
      await freePort(),
    );
    const { admin } = server;
    await until(async () => (await admin.get(`/api/lots/${lotId}`).catch(() => null))?.status === 200, 45_000);
    const ready = await admin.get('/health/ready');
    expect(ready).toMatchObject({ status: 200, body: { status: 'degraded' } });
    expect(ready.body.checks.store).toContain(`esdb://127.0.0.1:${double.port}?tls=false: `);

    await double.restart();
    await until(async () => (await admin.get('/health/ready')).body.status === 'ok', 45_000);
    const bidder = await admin.newCaller('bidder', 'ada');
    await bidder.bid(lotId, 500);
    await until(async () => (await admin.lot(lotId)).currentPrice === 500);
  }, 150_000);

  it.each([
    [
      'postgres://h',
      'EVENTSTORE_URL must begin with esdb://, kurrentdb://, kurrent:// or kdb://, with +discover before the colon for the one name of a cluster',
    ],
    ['esdb://u:secret@h?tls=maybe', 'EVENTSTORE_URL has tls=maybe, which cannot be'],
  ])('stops with one line when EVENTSTORE_URL is %s', async (url, line) => {
    server = ServerProcess.spawn({ EVENTSTORE_URL: url, GAVEL_DATA_DIR: directory }, await freePort());
    expect(await server.exit()).toBe(1);
    expect(server.output).toBe(`gavel: ${line}\n`);
  });
});

const metrics = async (server: ServerProcess) => ({
  text: await (await fetch(`${server.admin.url}/metrics`)).text(),
});
