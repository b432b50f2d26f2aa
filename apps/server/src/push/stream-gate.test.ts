import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';
import { auctionOf, lotOf, Market } from './testing/market.js';

const NO_LOT = '019a0000-0000-7000-8000-000000000001';
const NO_AUCTION = '019a0000-0000-7000-8000-000000000002';

describe('a stream that could carry nothing', () => {
  let running: RunningServer;
  let ada: GavelClient;
  let lotId: string;
  let auctionId: string;
  beforeAll(async () => {
    running = await RunningServer.start();
    ada = await running.admin.newCaller('bidder', 'ada');
    auctionId = (await running.admin.createAuction()).auctionId;
    lotId = (await running.admin.addLot(auctionId)).lotId;
  });
  afterAll(() => running.stop());

  it('is refused to who may not watch everything', async () => {
    expect(await ada.get('/api/stream?all=true')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('is refused when there is no such lot or auction, also for one of several, and names which', async () => {
    const refused = async (query: string) => {
      const { status, body } = await ada.get(`/api/stream?${query}`);
      return [status, body.code, body.detail, body['lotIds'], body['auctionIds']];
    };
    const noLot = [404, 'lot-not-found', `There is no such lot: ${NO_LOT}.`, [NO_LOT]];
    expect(await refused(`lots=${NO_LOT}`)).toEqual([...noLot, []]);
    expect(await refused(`lots=${lotId},${NO_LOT},${NO_LOT}`)).toEqual([...noLot, []]);
    expect(await refused(`lots=${NO_LOT}&after=1`)).toEqual([...noLot, []]);
    expect(await refused(`lots=${NO_LOT}&auctions=${NO_AUCTION}`)).toEqual([...noLot, [NO_AUCTION]]);
    const noAuction = [404, 'auction-not-found', `There is no such auction: ${NO_AUCTION}.`, [], [NO_AUCTION]];
    expect(await refused(`lots=${lotId}&auctions=${auctionId},${NO_AUCTION}`)).toEqual(noAuction);
  });

  it('is refused behind a position that the store has not reached, and with too many auctions', async () => {
    const many = Array.from({ length: 51 }, (_, n) => auctionOf(n)).join(',');
    for (const [query, headers, field] of [
      [`lots=${lotId}&after=99999999`, {}, 'query.after'],
      [`lots=${lotId}&after=1`, { 'last-event-id': '99999999' }, 'header.last-event-id'],
      [`auctions=${many}`, {}, 'query.auctions'],
    ] as const) {
      expect(await ada.get(`/api/stream?${query}`, headers)).toMatchObject({
        status: 400,
        body: { code: 'validation-failed', errors: [{ field }] },
      });
    }
  });

  it('is not opened by HEAD, which answers at once as GET would begin', async () => {
    const head = async (query: string) => {
      const options = { method: 'HEAD', headers: { 'x-api-key': ada.key ?? '' } };
      const { status, headers } = await fetch(`${ada.url}/api/stream?${query}`, options);
      return [status, headers.get('content-type')];
    };
    expect(await head(`lots=${lotId}`)).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(await head(`lots=${NO_LOT}`)).toEqual([404, expect.stringMatching(/^application\/problem\+json/)]);
    expect(await (await fetch(`${ada.url}/metrics`)).text()).toMatch(/^gavel_push_connections 0$/m);
  });
});

describe('while a read model is behind', () => {
  let market: Market;
  beforeEach(async () => {
    // At rest, it has passed over what was listed since.
    market = await Market.open([[0]]);
    market.list(0, 1);
    await market.settled();
  });
  afterEach(() => market.close());

  const admit = (after?: string) =>
    market.push.streamGate.admit({
      principal: { role: 'bidder', subject: 'ada' },
      subscription: { lots: [lotOf(1)], ...(after !== undefined && { after }) },
      afterField: 'query.after',
      isGone: () => false,
    });

  it('a stream of a lot that was listed a moment ago is admitted as soon as the lot can be shown', async () => {
    const admitted = admit();
    setTimeout(() => market.catchUp(), 100);
    await admitted;
  });

  it('a stream is refused for now, but not to who goes on behind a position', async () => {
    await expect(admit()).rejects.toMatchObject({ status: 503, code: 'read-model-behind' });
    await admit('1');
  }, 20_000);
});
