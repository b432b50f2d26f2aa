import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';

describe('a request without a body', () => {
  let running: RunningServer;
  let admin: GavelClient;
  let bidder: GavelClient;
  beforeAll(async () => {
    running = await RunningServer.start();
    admin = running.admin;
    bidder = await admin.newCaller('bidder', 'ada');
  });
  afterAll(() => running.stop());

  const openLot = async (quantity: number) => (await admin.openLot({ buyNow: { price: 5, quantity } })).lotId;

  const types = [
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded',
  ];

  it.each(types)('is that also with an empty one of the type %s', async (type) => {
    const empty = (path: string, method = 'POST') => admin.call(method, path, '', { 'content-type': type });
    const { auctionId } = await admin.createAuction();
    const [sold, withdrawn] = [await admin.addLot(auctionId), await admin.addLot(auctionId)];
    expect(await empty(`/api/auctions/${auctionId}/start`)).toMatchObject({ status: 200, body: { state: 'started' } });
    expect((await empty(`/api/lots/${sold.lotId}/close`)).status).toBe(200);
    expect((await empty(`/api/lots/${withdrawn.lotId}/withdraw`)).status).toBe(200);
    expect((await empty(`/api/auctions/${auctionId}/end`)).status).toBe(200);
    const cancelled = await admin.createAuction();
    expect((await empty(`/api/auctions/${cancelled.auctionId}/cancel`)).status).toBe(200);
    const { body: key } = await admin.post('/api/keys', { role: 'partner', subject: 'press' });
    expect((await empty(`/api/keys/${key.keyId}`, 'DELETE')).status).toBe(204);
  });

  it('is that also when the empty one comes in chunks', async () => {
    const { auctionId } = await admin.createAuction();
    const start = request(`${admin.url}/api/auctions/${auctionId}/start`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.key}`, 'transfer-encoding': 'chunked' },
    });
    start.flushHeaders();
    start.end();
    const [answer] = (await once(start, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    answer.resume();
  });

  it('buys one unit', async () => {
    const lotId = await openLot(3);
    const path = `/api/lots/${lotId}/purchases`;
    expect(await bidder.post(path)).toMatchObject({ status: 201, body: { quantity: 1, available: 2 } });
    expect(await bidder.post(path, '')).toMatchObject({ status: 201, body: { quantity: 1, available: 1 } });
    expect(await bidder.post(path, { units: 1 })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'units' }] },
    });
  });

  it('is the same request under a key as an empty one and as {}', async () => {
    const [path, headers] = [`/api/lots/${await openLot(3)}/purchases`, { 'idempotency-key': 'one' }];
    const first = await bidder.post(path, undefined, headers);
    for (const body of ['', {}, { quantity: 1 }]) {
      expect(await bidder.post(path, body, headers)).toMatchObject({ status: 201, body: first.body });
    }
    expect((await bidder.post(path, { quantity: 2 }, headers)).status).toBe(422);
    const { auctionId } = await admin.createAuction();
    for (const body of [undefined, '', {}]) {
      expect((await admin.post(`/api/auctions/${auctionId}/start`, body, headers)).status).toBe(200);
    }
  });

  it('is not asked for at an unknown address: that is what is wrong there', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await admin.call('POST', '/api/nowhere', 'a=b', form)).toMatchObject({ status: 404 });
  });

  it('is still no bid', async () => {
    const path = `/api/lots/${await openLot(1)}/bids`;
    for (const body of [undefined, '']) {
      expect(await bidder.post(path, body)).toMatchObject({ status: 400, body: { errors: [{ field: 'body' }] } });
    }
  });

  it('is described as one that may be sent', async () => {
    const { paths } = (await admin.get('/api/openapi.json')).body;
    const isRequired = (path: string) => paths[path].post.requestBody.required;
    expect(isRequired('/api/lots/{lotId}/purchases')).toBe(false);
    expect(isRequired('/api/auctions/{auctionId}/start')).toBe(false);
    expect(isRequired('/api/lots/{lotId}/bids')).toBe(true);
  });
});
