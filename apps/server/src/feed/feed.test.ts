import { setTimeout as sleep } from 'node:timers/promises';
import { Compile } from 'typebox/compile';
import { FeedPage } from '#contracts/http/feed.js';
import { publicDefinitions } from '#contracts/public-events/public-catalogue.js';
import { type AliasOf, publicEventOf, publishedTypes } from '#contracts/public-events/public-event-of.js';
import { until } from '#testing/until.js';
import { derivedKey } from '../auth/derived-key.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { ALIAS_KEY, RunningServer } from '../testing/running-server.js';
import { Cursors } from './cursor.js';

interface Envelope {
  eventId: string;
  eventType: string;
  auctionId: string;
  timestamp: string;
}
interface Page {
  events: Envelope[];
  nextCursor: string;
  atEnd: boolean;
}

const get = async (caller: GavelClient, query = ''): Promise<Page> =>
  caller.expect(200, caller.get<Page>(`/api/events${query}`));

/** Every page until the end. */
async function readAll(caller: GavelClient, limit: number, first = `?limit=${limit}`): Promise<Envelope[]> {
  const events: Envelope[] = [];
  for (let query = first; ; ) {
    const page = await get(caller, query);
    events.push(...page.events);
    if (page.atEnd) return events;
    query = `?limit=${limit}&after=${page.nextCursor}`;
  }
}

describe('the feed', () => {
  let running: RunningServer;
  let partner: GavelClient;
  let auctionIds: string[];
  beforeAll(async () => {
    running = await RunningServer.start();
    const { admin } = running;
    partner = await admin.newCaller('partner', 'press');
    const bidder = await admin.newCaller('bidder', 'ada');
    auctionIds = [];
    for (let i = 0; i < 3; i += 1) {
      const { auctionId } = await admin.createAuction();
      const { lotId } = await admin.addLot(auctionId, { bidPolicy: i === 1 ? 'proxy' : 'open', reserve: 50_000 });
      await admin.run(auctionId, 'start');
      for (let n = 0; n < 20; n += 1) await bidder.bid(lotId, 200 + n * 10);
      await admin.run(auctionId, 'end');
      auctionIds.push(auctionId);
    }
    await until(async () => (await readAll(partner, 1_000)).filter((e) => e.eventType === 'AuctionEnded').length === 3);
  });
  afterAll(() => running.stop());

  /** What the store holds, mapped by the one mapping: what Kafka has. */
  const expected = async () => {
    const store = (
      running.server.backend as unknown as { store: { readAll: (...args: unknown[]) => Promise<never[]> } }
    ).store;
    const aliasOf: AliasOf = running.server.backend.aliases.of;
    return (await store.readAll(null, 10_000, publishedTypes)).map((event) => publicEventOf(event, aliasOf));
  };

  it.each([1, 7, 1_000])('has the events of Kafka, in the same order, each once, in pages of %d', async (limit) => {
    const events = await readAll(partner, limit);
    expect(events).toEqual(await expected());
    expect(events.length).toBeGreaterThan(60);
  });

  it('answers what it says, and every event fits its public schema', async () => {
    const page = await get(partner, '?limit=1000');
    expect([...Compile(FeedPage).Errors(page)]).toEqual([]);
    for (const event of page.events) {
      const definition = publicDefinitions.find(({ type }) => type === event.eventType);
      expect([...Compile(definition?.schema as never).Errors(event)]).toEqual([]);
    }
  });

  it('shows no subject, no reserve and no maximum', async () => {
    const text = JSON.stringify(await readAll(partner, 1_000));
    expect(text).not.toContain('"ada"');
    expect(text).not.toContain('50000');
    expect(text).not.toContain('reserve');
  });

  it('begins with the first event at or behind a time, also among events of the same millisecond', async () => {
    const all = await readAll(partner, 1_000);
    const times = [...new Set(all.map(({ timestamp }) => timestamp))];
    for (const time of times.filter((_, i) => i % 5 === 0)) {
      const events = await readAll(partner, 3, `?limit=3&since=${time}`);
      expect(events).toEqual(all.slice(all.findIndex(({ timestamp }) => timestamp >= time)));
    }
    expect(await readAll(partner, 10, '?since=2100-01-01T00:00:00Z')).toEqual([]);
    expect(await readAll(partner, 10, '?since=0001-01-01T00:00:00Z')).toEqual(await readAll(partner, 10));
  });

  it('hands out a cursor on an empty page, too, and goes on from there', async () => {
    const end = await get(partner, '?limit=1000');
    const empty = await get(partner, `?after=${end.nextCursor}`);
    expect(empty).toMatchObject({ events: [], atEnd: true });
    const { auctionId } = await running.admin.createAuction();
    const next = await get(partner, `?after=${empty.nextCursor}&wait=5`);
    expect(next.events).toMatchObject([{ eventType: 'AuctionCreated', auctionId }]);
  });

  it('waits for an event and answers as soon as there is one', async () => {
    const { nextCursor } = await get(partner, '?limit=1000');
    const waiting = get(partner, `?after=${nextCursor}&wait=30`);
    await until(() => running.server.backend.partners.feed.waitingRequests === 1);
    const { auctionId } = await running.admin.createAuction();
    expect((await waiting).events).toMatchObject([{ eventType: 'AuctionCreated', auctionId }]);
    expect(running.server.backend.partners.feed.waitingRequests).toBe(0);
  });

  it('answers an empty page when the wait is over, and lets go of callers who have gone', async () => {
    const { nextCursor } = await get(partner, '?limit=1000');
    expect(await get(partner, `?after=${nextCursor}&wait=1`)).toMatchObject({ events: [], atEnd: true });
    const gone = new AbortController();
    const request = fetch(`${partner.url}/api/events?after=${nextCursor}&wait=30`, {
      headers: { authorization: `Bearer ${partner.key}` },
      signal: gone.signal,
    }).catch(() => null);
    await until(() => running.server.backend.partners.feed.waitingRequests === 1);
    gone.abort();
    await request;
    await until(() => running.server.backend.partners.feed.waitingRequests === 0);
  });

  it('lets so many requests of one caller wait, and not those of another the less', async () => {
    const other = await running.admin.newCaller('partner', 'site');
    const { nextCursor } = await get(partner, '?limit=1000');
    const { feed } = running.server.backend.partners;
    const waiting = Array.from({ length: 20 }, () => get(partner, `?after=${nextCursor}&wait=30`));
    await until(() => feed.waitingRequests === 20);
    expect(await partner.get(`/api/events?after=${nextCursor}&wait=30`)).toMatchObject({
      status: 429,
      body: { code: 'rate-limited' },
    });
    const another = get(other, `?after=${nextCursor}&wait=30`);
    await until(() => feed.waitingRequests === 21);
    await running.admin.createAuction();
    expect((await Promise.all([...waiting, another])).map(({ events }) => events.length)).toEqual(Array(21).fill(1));
  });

  it('shows a key that is limited to auctions these and no others', async () => {
    const body = { role: 'partner', subject: 'local-press', auctionIds: [auctionIds[1]] };
    const { key, auctionIds: limited } = await running.admin.expect(
      201,
      running.admin.post<{ key: string; auctionIds: string[] }>('/api/keys', body),
    );
    expect(limited).toEqual([auctionIds[1]]);
    const all = await readAll(partner, 1_000);
    const own = all.filter(({ auctionId }) => auctionId === auctionIds[1]);
    expect(own.length).toBeGreaterThan(20);
    expect(await readAll(running.admin.as(key), 7)).toEqual(own);
  });

  it.each([
    ['?after=nonsense', 'query.after', 'is no cursor of this server'],
    ['?after=', 'query.after', 'must NOT have fewer than 1 characters'],
    ['?since=yesterday', 'query.since', 'must match format "date-time"'],
    ['?since=2016-12-31T23:59:60Z', 'query.since', 'must be a time that exists'],
    ['?limit=0', 'query.limit', 'must be >= 1'],
    ['?limit=1001', 'query.limit', 'must be <= 1000'],
    ['?limit=1.5', 'query.limit', 'must be integer'],
    ['?wait=31', 'query.wait', 'must be <= 30'],
    ['?wait=-1', 'query.wait', 'must be >= 0'],
    ['?from=1', 'query.from', 'is not a known field'],
  ])('refuses %s', async (query, field, message) => {
    expect(await partner.get(`/api/events${query}`)).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', errors: [{ field, message }] },
    });
  });

  it('refuses a cursor with a changed character, one of another server, and one beside a time', async () => {
    const { nextCursor } = await get(partner);
    const changed = nextCursor.slice(0, -1) + (nextCursor.endsWith('A') ? 'B' : 'A');
    const other = await RunningServer.start({ GAVEL_ALIAS_KEY: 'another-key-of-another-server' });
    const foreign = (await get(await other.admin.newCaller('partner', 'press'))).nextCursor;
    await other.stop();
    for (const cursor of [changed, foreign]) {
      expect(await partner.get(`/api/events?after=${cursor}`)).toMatchObject({ status: 400 });
    }
    const both = `/api/events?after=${nextCursor}&since=2026-01-01T00:00:00Z`;
    expect(await partner.get(both)).toMatchObject({ status: 400, body: { errors: [{ field: 'query.since' }] } });
  });

  it('is for partners and admins', async () => {
    for (const role of ['bidder', 'auctioneer'] as const) {
      const caller = await running.admin.newCaller(role, 'ada');
      expect(await caller.get('/api/events')).toMatchObject({ status: 403 });
    }
    expect(await running.admin.get('/api/events')).toMatchObject({ status: 200 });
  });
});

describe('a server', () => {
  it('ends waits when it closes', async () => {
    const running = await RunningServer.start();
    const waiting = get(running.admin, '?wait=30');
    await until(() => running.server.backend.partners.feed.waitingRequests === 1);
    const started = performance.now();
    await running.stop();
    expect(await waiting).toMatchObject({ events: [], atEnd: true });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('keeps cursors valid over a restart, and answers 410 to one of events that it no longer has', async () => {
    const first = await RunningServer.start({ GAVEL_ALIAS_KEY: 'the-key-of-these-servers' });
    await first.admin.createAuction();
    await sleep(10);
    const { nextCursor } = await get(first.admin);
    const { auctionId } = await first.admin.createAuction();
    const second = await first.restart({ GAVEL_ALIAS_KEY: 'the-key-of-these-servers' });
    const page = await get(second.admin, `?after=${nextCursor}`);
    expect(page.events).toMatchObject([{ auctionId }]);
    await second.stop();
    // An older backup of the same deployment: the same key, fewer events.
    const restored = await RunningServer.start({ GAVEL_ALIAS_KEY: 'the-key-of-these-servers' });
    expect(await restored.admin.get(`/api/events?after=${page.nextCursor}`)).toMatchObject({
      status: 410,
      body: { code: 'cursor-expired' },
    });
    await restored.stop();
  });

  it('answers 410 to a cursor of an event that it no longer has, also when it has others at that position by now', async () => {
    const first = await RunningServer.start();
    await first.admin.createAuction();
    await until(async () => (await get(first.admin)).events.length === 1);
    const { nextCursor } = await get(first.admin);
    await first.stop();
    const restored = await RunningServer.start();
    for (let i = 0; i < 3; i += 1) await restored.admin.createAuction();
    await until(async () => (await get(restored.admin)).events.length === 3);
    const gone = { status: 410, body: { code: 'cursor-expired' } };
    expect(await restored.admin.get(`/api/events?after=${nextCursor}`)).toMatchObject(gone);
    const { nextCursor: own } = await get(restored.admin, '?limit=1');
    expect((await get(restored.admin, `?after=${own}`)).events).toHaveLength(2);
    await restored.stop();
  });

  it('reads a cursor of before there were digests', async () => {
    const running = await RunningServer.start();
    await running.admin.createAuction();
    await until(async () => (await get(running.admin)).events.length === 1);
    const cursors = new Cursors(derivedKey(ALIAS_KEY, 'feed cursors'));
    const position = cursors.decode((await get(running.admin)).nextCursor)?.position ?? null;
    const { auctionId } = await running.admin.createAuction();
    await until(async () => (await get(running.admin)).events.length === 2);
    const { events } = await get(running.admin, `?after=${cursors.encode({ position, since: null, digest: null })}`);
    expect(events).toMatchObject([{ auctionId }]);
    await running.stop();
  });
});
