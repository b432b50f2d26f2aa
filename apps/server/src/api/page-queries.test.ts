import type { AuctionSummary } from '#contracts/http/auctions.js';
import type { Page } from '#contracts/http/pages.js';
import type { RefusedRequests } from '#contracts/http/refusals.js';
import { RunningServer } from '../testing/running-server.js';

describe('what the page asks for', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await RunningServer.start();
  });
  afterAll(() => running.stop());

  it('is told who it is, and the time without a key', async () => {
    const { admin } = running;
    const ada = await admin.newCaller('bidder', 'ada');
    expect(await ada.get('/api/me')).toMatchObject({ status: 200, body: { role: 'bidder', subject: 'ada' } });
    expect(await admin.as(null).get('/api/me')).toMatchObject({ status: 401 });
    const before = Date.now();
    const { body } = await admin.as(null).get('/api/time');
    expect(Date.parse(body.serverTime)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(body.serverTime)).toBeLessThanOrEqual(Date.now());
  });

  it('finds auctions by state and part of the title, newest first, page by page', async () => {
    const { admin } = running;
    const titles = ['Spring cars', 'Spring clocks', 'Autumn CARS', 'Winter cars'];
    const ids: string[] = [];
    for (const title of titles) ids.push((await admin.createAuction({ title })).auctionId);
    for (const at of [0, 2]) await admin.run(ids[at] as string, 'start');
    const find = async (query: string) => {
      const page = await admin.expect<Page<AuctionSummary>>(200, admin.get(`/api/auctions?${query}`));
      return { titles: page.items.map(({ title }) => title), cursor: page.nextCursor };
    };
    expect(await find('title=cars&order=newest')).toEqual({
      titles: ['Winter cars', 'Autumn CARS', 'Spring cars'],
      cursor: null,
    });
    expect((await find('title=cars&state=started')).titles).toEqual(['Spring cars', 'Autumn CARS']);
    const first = await find('order=newest&limit=3');
    expect(first.titles).toEqual(['Winter cars', 'Autumn CARS', 'Spring clocks']);
    expect(await find(`order=newest&limit=3&cursor=${first.cursor}`)).toEqual({
      titles: ['Spring cars'],
      cursor: null,
    });
    expect((await find('title=nothing')).titles).toEqual([]);
    expect(await admin.get('/api/auctions?state=open')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'query.state' }] },
    });
  });

  it('lists auctions by creation, though the ids of commands with a key are random', async () => {
    const { admin } = running;
    const ids: string[] = [];
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      const created = admin.post('/api/auctions', { title: 'Under a key' }, { 'idempotency-key': key });
      ids.push((await admin.expect<AuctionSummary>(201, created)).auctionId);
    }
    expect([...ids].sort()).not.toEqual(ids);
    const listed = async (order: string) => {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const path = `/api/auctions?title=under&limit=2&order=${order}${cursor === null ? '' : `&cursor=${cursor}`}`;
        const page: Page<AuctionSummary> = await admin.expect(200, admin.get(path));
        found.push(...page.items.map(({ auctionId }) => auctionId));
        cursor = page.nextCursor;
      } while (cursor !== null);
      return found;
    };
    expect(await listed('oldest')).toEqual(ids);
    expect(await listed('newest')).toEqual(ids.reverse());
  });

  it('shows in the list what was created, also at its position alone', async () => {
    const { admin } = running;
    const { auctionId, position } = await admin.createAuction();
    const list = (at: string) => admin.get(`/api/auctions?order=newest&limit=1&atLeast=${at}`);
    expect((await list(position)).body.items[0].auctionId).toBe(auctionId);
    expect(await list('999999999999')).toMatchObject({ status: 400, body: { errors: [{ field: 'query.atLeast' }] } });
  });

  it('lists each auction with its lots in their order, as they stand', async () => {
    const { admin } = running;
    const { auctionId } = await admin.createAuction({ title: 'With lots', closesAt: '2100-01-01T00:00:00.000Z' });
    const clock = await admin.addLot(auctionId, { title: 'A clock' });
    const globe = await admin.addLot(auctionId, { title: 'A globe', closesAt: '2100-01-02T00:00:00.000Z' });
    const listed = async () => {
      const { items } = await admin.expect<Page<AuctionSummary>>(200, admin.get('/api/auctions?title=with lots'));
      return items.map(({ lotCount, lots }) => ({ lotCount, lots }));
    };
    const first = { lotId: clock.lotId, ordinal: 1, title: 'A clock', state: 'listed', currentPrice: null };
    const second = { lotId: globe.lotId, ordinal: 2, title: 'A globe', state: 'listed', currentPrice: null };
    const closesAt = ['2100-01-01T00:00:00.000Z', '2100-01-02T00:00:00.000Z'];
    expect(await listed()).toEqual([
      {
        lotCount: 2,
        lots: [
          { ...first, closesAt: closesAt[0] },
          { ...second, closesAt: closesAt[1] },
        ],
      },
    ]);
    await admin.run(auctionId, 'start');
    await (await admin.newCaller('bidder', 'ben')).bid(globe.lotId, 700);
    await admin.close(globe.lotId);
    const { closesAt: closedAt } = await admin.lot(globe.lotId);
    expect(await listed()).toEqual([
      {
        lotCount: 2,
        lots: [
          { ...first, state: 'open', closesAt: closesAt[0] },
          { ...second, state: 'sold', currentPrice: 700, closesAt: closedAt },
        ],
      },
    ]);
  });

  it('lists the newest refusals to an admin, with who asked for what, and never more than it keeps', async () => {
    const { admin } = running;
    const ada = await admin.newCaller('bidder', 'ada');
    await admin.as('wrong').get('/api/auctions');
    await ada.post('/api/auctions', { title: 'Not hers to make' });
    await ada.post('/api/lots/01890000-0000-7000-8000-000000000000/bids', { amount: -1 });
    const { items } = await admin.expect<RefusedRequests>(200, admin.get('/api/refusals'));
    expect(
      items.slice(0, 3).map(({ status, code, actor, method, route }) => [status, code, actor, `${method} ${route}`]),
    ).toEqual([
      [400, 'validation-failed', 'bidder:ada', 'POST /api/lots/:lotId/bids'],
      [403, 'forbidden', 'bidder:ada', 'POST /api/auctions'],
      [401, 'unauthenticated', null, 'GET /api/auctions'],
    ]);
    for (let i = 0; i < 250; i += 1) await admin.as('wrong').get('/api/me');
    expect((await admin.expect<RefusedRequests>(200, admin.get('/api/refusals'))).items.length).toBe(200);
    expect(await ada.get('/api/refusals')).toMatchObject({ status: 403 });
  });
});
