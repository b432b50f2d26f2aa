import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';

const NAMES = ['ada.lovelace@example.org', 'ben@example.org'];

it('partners see nobody by name, but under the alias of their events, on every route', async () => {
  const running = await RunningServer.start();
  const { admin } = running;
  const [ada, ben] = (await Promise.all(NAMES.map((name) => admin.newCaller('bidder', name)))) as [
    GavelClient,
    GavelClient,
  ];
  const partner = await admin.newCaller('partner', 'portal');
  const { auctionId } = await admin.createAuction();
  const { lotId } = await admin.addLot(auctionId);
  const { lotId: goods } = await admin.addLot(auctionId, { buyNow: { price: 500, quantity: 5 } });
  await admin.run(auctionId, 'start');
  await ada.bid(lotId, 500);
  const bid = await ben.bid(lotId, 600);
  await ada.expect(201, ada.post(`/api/lots/${goods}/purchases`, { quantity: 1 }));
  const open = await partner.get(`/api/lots/${lotId}?atLeast=${bid.position}`);
  await admin.run(auctionId, 'end');
  const { position } = (await admin.get(`/api/auctions/${auctionId}`)).body;

  const paths = [
    `/api/auctions`,
    `/api/auctions/${auctionId}?atLeast=${position}`,
    `/api/lots/${lotId}`,
    `/api/lots/${lotId}/bids`,
    `/api/lots/${lotId}/bids?valid=true`,
    `/api/lots/${lotId}/result`,
    `/api/lots/${lotId}/history`,
    `/api/lots/${goods}/history`,
    `/api/events`,
  ];
  const seen = await Promise.all(paths.map((path) => partner.get(path)));
  for (const { status, body } of [open, ...seen]) {
    expect(status).toBe(200);
    for (const name of NAMES) expect(JSON.stringify(body)).not.toContain(name);
  }
  const events = seen.at(-1)?.body.events as { eventType: string; payload: { lotId: string; winnerId: string } }[];
  const sold = events.find(({ eventType, payload }) => eventType === 'LotSold' && payload.lotId === lotId);
  expect(sold?.payload.winnerId).toMatch(/^bidder-/);
  expect(open.body.highestBid.bidderId).toBe(sold?.payload.winnerId);
  expect((await partner.get(`/api/lots/${lotId}/result`)).body.winnerId).toBe(sold?.payload.winnerId);
  expect((await ada.get(`/api/lots/${lotId}/result`)).body.winnerId).toBe(NAMES[1]);
  await running.stop();
}, 60_000);
