import type { GavelClient } from '../testing/gavel-client.js';
import { PushClient } from '../testing/push-client.js';
import { RunningServer } from '../testing/running-server.js';

describe("a partner's key that is limited to auctions", () => {
  let running: RunningServer;
  let limited: GavelClient;
  let ada: GavelClient;
  let own: { auctionId: string; lotId: string };
  let other: typeof own;
  beforeAll(async () => {
    running = await RunningServer.start();
    const { admin } = running;
    [other, own] = [await admin.openLot(), await admin.openLot()];
    ada = await admin.newCaller('bidder', 'ada');
    const { body } = await admin.post('/api/keys', { role: 'partner', subject: 'acme', auctionIds: [own.auctionId] });
    limited = admin.as(body.key);
  });
  afterAll(() => running.stop());

  it("is not told the wider webhook that another key of its subject made, nor its secret, by that key's idempotency key", async () => {
    const wide = await running.admin.newCaller('partner', 'acme');
    const subscribe = (who: GavelClient) =>
      who.post('/api/webhooks', { url: 'https://example.com/hook' }, { 'idempotency-key': 'one' });
    const made = await subscribe(wide);
    expect(await subscribe(limited)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    // The key that made it is answered as before.
    expect(await subscribe(wide)).toMatchObject({ status: 201, body: made.body });
    await wide.call('DELETE', `/api/webhooks/${made.body.webhookId}`);
  });

  const addresses = ({ auctionId, lotId }: typeof own) =>
    [`auctions/${auctionId}`, ...['', '/bids', '/result', '/history'].map((rest) => `lots/${lotId}${rest}`)].map(
      (path) => `/api/${path}`,
    );

  it('finds these auctions and their lots, and no others', async () => {
    const found = async (paths: string[]) => {
      const answers = await Promise.all(paths.map((path) => limited.get(path)));
      return answers.map(({ status, body }) => [status, body.code]);
    };
    expect(await found(addresses(own))).toEqual(Array(5).fill([200, undefined]));
    const noLot = [404, 'lot-not-found'];
    expect(await found(addresses(other))).toEqual([[404, 'auction-not-found'], noLot, noLot, noLot, noLot]);
    const { items, nextCursor } = (await limited.get('/api/auctions?limit=1')).body;
    expect([items.length, items[0].auctionId, nextCursor]).toEqual([1, own.auctionId, null]);
  });

  it('watches them, and no others, over the push', async () => {
    const client = await PushClient.open(limited);
    await client.subscribe({ lots: [own.lotId, other.lotId], auctions: [other.auctionId] });
    expect(client.of('Problem')).toEqual([
      { type: 'Problem', code: 'auction-not-found', detail: expect.any(String), auctionId: other.auctionId },
      { type: 'Problem', code: 'lot-not-found', detail: expect.any(String), lotId: other.lotId },
    ]);
    await ada.bid(other.lotId, 500);
    await ada.bid(own.lotId, 600);
    await client.next('BidPlaced');
    client.close();
    const again = await PushClient.open(limited);
    // Also of what it missed.
    await again.subscribe({ lots: [own.lotId, other.lotId], auctions: [other.auctionId], after: '0' });
    for (const { messages } of [client, again]) {
      expect(messages.filter((message) => message['data']?.lotId === other.lotId)).toEqual([]);
    }
    expect(again.of('BidPlaced').map(({ lotId }) => lotId)).toEqual([own.lotId]);
    again.close();
  });

  it('watches nothing else as a stream either', async () => {
    const refused = async (query: string) => {
      const { status, body } = await limited.get(`/api/stream?${query}`);
      return [status, body.code];
    };
    expect(await refused(`auctions=${other.auctionId}`)).toEqual([404, 'auction-not-found']);
    expect(await refused(`lots=${own.lotId},${other.lotId}`)).toEqual([404, 'lot-not-found']);
  });
});
