import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';

describe('buying over HTTP', () => {
  let running: RunningServer;
  let admin: GavelClient;
  let [ada, ben]: GavelClient[] = [];
  const buyers = (): [GavelClient, GavelClient] => [ada as GavelClient, ben as GavelClient];

  beforeAll(async () => {
    running = await RunningServer.start();
    admin = running.admin;
    ada = await admin.newCaller('bidder', 'ada');
    ben = await admin.newCaller('bidder', 'ben');
  });
  afterAll(() => running.stop());

  it('sells units at a fixed price until there are none', async () => {
    const [a, b] = buyers();
    const { lotId } = await admin.openLot({ buyNow: { price: 999, quantity: 3, limitPerBuyer: 2 } });
    const buy = (who: GavelClient, quantity: number) => who.post(`/api/lots/${lotId}/purchases`, { quantity });
    expect(await buy(a, 2)).toMatchObject({ status: 201, body: { quantity: 2, price: 999, available: 1 } });
    expect((await buy(a, 1)).body.code).toBe('purchase-limit-exceeded');
    expect((await buy(b, 2)).body).toMatchObject({ code: 'insufficient-stock', available: 1 });
    expect(await buy(b, 1)).toMatchObject({ status: 201, body: { available: 0 } });
    expect(await buy(b, 1)).toMatchObject({ status: 409, body: { code: 'sold-out' } });
    expect((await b.post(`/api/lots/${lotId}/bids`, { amount: 1_000 })).body.code).toBe('bidding-not-offered');
  });

  it('sells one unit beside bidding to whoever is first, and tells the others what the lot is now', async () => {
    const [a, b] = buyers();
    const { lotId } = await admin.openLot({
      reserve: 5_000,
      buyNow: { price: 9_000, quantity: 1, policy: 'until-reserve-met' },
    });
    await b.bid(lotId, 4_000);
    const bought = await a.post(`/api/lots/${lotId}/purchases`, {});
    expect(bought).toMatchObject({ status: 201, body: { available: 0 } });
    expect(await b.post(`/api/lots/${lotId}/bids`, { amount: 9_000 })).toMatchObject({
      status: 409,
      body: { code: 'lot-closed', state: 'sold' },
    });
    const other = await admin.openLot({ buyNow: { price: 9_000, quantity: 1 } });
    await b.bid(other.lotId, 4_000);
    expect(await a.post(`/api/lots/${other.lotId}/purchases`, {})).toMatchObject({
      status: 409,
      body: { code: 'buy-now-ended', state: 'open' },
    });
    expect((await a.get(`/api/lots/${lotId}/result?atLeast=${bought.body.position}`)).body).toMatchObject({
      state: 'sold',
      winnerId: 'ada',
      amount: 9_000,
    });
  });

  it.each([
    ['until-first-bid', 1_000],
    ['until-reserve-met', 5_000],
    ['until-price-exceeds', 9_500],
  ] as const)('shows nothing to buy once a bid has ended buying %s', async (policy, ending) => {
    const [a, b] = buyers();
    const { lotId } = await admin.openLot({ reserve: 5_000, buyNow: { price: 9_000, quantity: 1, policy } });
    const offer = { price: 9_000, quantity: 1, limitPerBuyer: null, policy };
    expect((await admin.lot(lotId)).buyNow).toEqual({ ...offer, available: 1 });
    if (policy !== 'until-first-bid') {
      const { position } = await b.bid(lotId, ending - 1_000);
      expect((await a.lot(lotId, position)).buyNow).toEqual({ ...offer, available: 1 });
    }
    const { position } = await b.bid(lotId, ending);
    expect((await a.lot(lotId, position)).buyNow).toEqual({ ...offer, available: 0 });
    expect((await a.post(`/api/lots/${lotId}/purchases`, {})).body.code).toBe('buy-now-ended');
  });

  it('shows what one buyer may buy of a lot at a fixed price, and under which policy a lot without one sells', async () => {
    const fixed = await admin.openLot({ buyNow: { price: 5, quantity: 3, limitPerBuyer: 2 } });
    const beside = await admin.openLot({ buyNow: { price: 5, quantity: 1 } });
    const shown = async (lotId: string) => (await admin.lot(lotId)).buyNow;
    expect(await shown(fixed.lotId)).toEqual({ price: 5, quantity: 3, available: 3, limitPerBuyer: 2, policy: null });
    expect(await shown(beside.lotId)).toMatchObject({ limitPerBuyer: null, policy: 'until-first-bid' });
  });

  it('sells 100 units to 500 concurrent buyers exactly once each', async () => {
    const [a] = buyers();
    const { lotId } = await admin.openLot({ buyNow: { price: 5, quantity: 100 } });
    const answers = await Promise.all(Array.from({ length: 500 }, () => a.post(`/api/lots/${lotId}/purchases`, {})));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(100);
    expect(new Set(answers.filter(({ status }) => status === 409).map(({ body }) => body.code))).toEqual(
      new Set(['sold-out']),
    );
  });
});
