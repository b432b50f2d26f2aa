import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { currentVersion } from '#contracts/events/catalogue.js';
import type { EventStore } from '#event-store/event-store.js';
import { openEventStoreDb } from '#event-store/eventstoredb/event-store-db.js';
import { EventStoreDouble } from '#event-store/eventstoredb/testing/event-store-double.js';
import { until } from '#testing/until.js';
import { partnerTruth } from '../testing/partner-truth.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';

const AUCTIONS = 3;
const BIDS = 20;
/** So many that behind a restart the oldest are not in memory. */
const OLD_EVENTS = 2_500;
/** And of each auction: created, two lots listed, started, bids, two lots over, ended. */
const EVENTS = OLD_EVENTS + AUCTIONS * (7 + BIDS);

const uuid = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Some other events lie between the public ones. */
async function fill(store: EventStore): Promise<void> {
  const metadata = { commandId: uuid(0), correlationId: 'c', causationId: 'c', actor: 'test' };
  const terms = { title: 'Old', currency: 'EUR', opensAt: null, closesAt: null, stagger: null, createdAt: 1 };
  for (let n = 0; n < OLD_EVENTS; n += 250) {
    const events = Array.from({ length: 250 }, (_, i) => {
      const data = { auctionId: uuid(n + i), ...terms };
      return { id: uuid(n + i), type: 'AuctionCreated', version: 1, data, metadata };
    });
    await store.append(`auction-${uuid(n)}`, 'no-stream', events);
    const key = { keyId: uuid(n), role: 'partner', subject: 'press', digest: 'ab'.repeat(32), auctionIds: null };
    const version = currentVersion('KeyIssued');
    const issued = { id: uuid(OLD_EVENTS + n), type: 'KeyIssued', version, data: key, metadata };
    await store.append(`key-${uuid(n)}`, 'no-stream', [issued]);
  }
}

describe('the feed on EventStoreDB', () => {
  let directory: string;
  let double: EventStoreDouble;
  let server: ServerProcess;
  beforeAll(async () => {
    directory = await emptyDirectory();
    double = await EventStoreDouble.start({ dataFile: join(directory, 'events.jsonl') });
    await withStore(fill);
    await start();
  }, 60_000);
  afterAll(async () => {
    await server.end('SIGKILL');
    await double.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const start = async () => {
    server = await ServerProcess.start(join(directory, 'data'), { EVENTSTORE_URL: double.url });
  };
  const withStore = async <Result>(work: (store: EventStore) => Promise<Result>) => {
    const store = openEventStoreDb({ url: double.url });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  const truth = () => withStore(partnerTruth);
  const page = async (query: string) => {
    const { status, body } = await server.admin.get(`/api/events?${query}`);
    expect(status).toBe(200);
    return body as { events: { timestamp: string }[]; nextCursor: string; atEnd: boolean };
  };
  /** Every page until the end, each event as JSON. */
  const all = async (limit: number, first = '') => {
    const texts: string[] = [];
    for (let query = first, more = true; more; ) {
      const { events, nextCursor, atEnd } = await page(`limit=${limit}&${query}`);
      texts.push(...events.map((event) => JSON.stringify(event)));
      query = `after=${nextCursor}`;
      more = !atEnd;
    }
    return texts;
  };

  it('has what the store has, in its order, in pages of any size, by cursor and by time, before and behind a restart', async () => {
    const bidder = await server.admin.newCaller('bidder', 'ada');
    for (let i = 0; i < AUCTIONS; i += 1) {
      const { auctionId } = await server.admin.createAuction();
      const { lotId } = await server.admin.addLot(auctionId);
      await server.admin.addLot(auctionId);
      await server.admin.run(auctionId, 'start');
      for (let n = 0; n < BIDS; n += 1) await bidder.bid(lotId, 200 + n * 10);
      await server.admin.run(auctionId, 'end');
    }
    await until(async () => (await all(1_000)).length === EVENTS);
    const stored = await truth();
    expect(stored).toHaveLength(EVENTS);
    const { nextCursor: middle } = await page('limit=900');
    const time = JSON.parse(stored[1_200] as string).timestamp as string;
    const since = stored.filter((text) => JSON.parse(text).timestamp >= time);
    const agrees = async () => {
      for (const limit of [17, 1_000]) expect(await all(limit)).toEqual(stored);
      expect(await all(400, `after=${middle}`)).toEqual(stored.slice(900));
      expect(await all(1_000, `since=${time}`)).toEqual(since);
    };
    await agrees();
    // The oldest come from the store now, and not from memory.
    await server.end('SIGTERM');
    await start();
    await agrees();
  }, 90_000);

  it('answers what is in memory while the store is away and 503 for the rest; who waits hears of the next event', async () => {
    let [recent, nextCursor] = ['', ''];
    for (let more = true; more; ) {
      recent = nextCursor;
      const next = await page(`limit=200${recent === '' ? '' : `&after=${recent}`}`);
      ({ nextCursor } = next);
      more = !next.atEnd;
    }
    await double.kill();
    const waiting = page(`after=${nextCursor}&wait=30`);
    expect(await server.admin.get('/api/events?limit=1')).toMatchObject({
      status: 503,
      body: { code: 'store-unavailable' },
    });
    expect((await page(`limit=1&after=${recent}`)).events).toHaveLength(1);
    await double.restart();
    await until(async () => (await server.admin.get('/health/ready')).body.status === 'ok', 30_000);
    const { auctionId } = await server.admin.createAuction();
    const { events } = await waiting;
    expect(events).toMatchObject([{ auctionId, eventType: 'AuctionCreated' }]);
    expect(await all(1_000)).toEqual(await truth());
  }, 90_000);
});
