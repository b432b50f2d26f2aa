import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';

describe('bidding over HTTP', () => {
  let running: RunningServer;
  let admin: GavelClient;
  let [ada, ben]: GavelClient[] = [];
  const bidder = (): [GavelClient, GavelClient] => [ada as GavelClient, ben as GavelClient];

  beforeAll(async () => {
    running = await RunningServer.start();
    admin = running.admin;
    ada = await admin.newCaller('bidder', 'ada');
    ben = await admin.newCaller('bidder', 'ben');
  });
  afterAll(() => running.stop());

  it('records every bid under the policy open, and answers at once whether it leads', async () => {
    const [a, b] = bidder();
    const { auctionId, lotId } = await admin.openLot();
    const first = await a.bid(lotId, 150);
    expect(first).toEqual({
      bidId: expect.any(String),
      lotId,
      auctionId,
      amount: 150,
      sequence: 1,
      outcome: 'leading',
      isCurrentlyHighest: true,
      currentHighestBid: 150,
      minimumNextBid: 151,
      position: expect.any(String),
    });
    expect(await b.bid(lotId, 120)).toMatchObject({
      sequence: 2,
      outcome: 'not-highest',
      isCurrentlyHighest: false,
      currentHighestBid: 150,
    });
  });

  it('lets nobody but its bidder see a maximum under the policy proxy', async () => {
    const [a, b] = bidder();
    const { lotId } = await admin.openLot({ bidPolicy: 'proxy', startingBid: 1_000 });
    const first = await a.bid(lotId, 77_777);
    expect(first).toMatchObject({ amount: 1_000, maximum: 77_777, currentHighestBid: 1_000 });
    const second = await b.bid(lotId, 2_000);
    expect(second).toMatchObject({ outcome: 'outbid', currentHighestBid: 2_050, isCurrentlyHighest: false });
    const own = { amount: 1_000, maximum: 77_777 };
    expect((await a.get(`/api/me/bids?limit=1&atLeast=${second.position}`)).body.items).toMatchObject([own]);
    expect((await a.get(`/api/bids/${first.bidId}`)).body).toMatchObject(own);
    expect((await admin.get(`/api/bids/${first.bidId}`)).body).not.toHaveProperty('maximum');
    const seenByBen = [
      second,
      (await b.get(`/api/lots/${lotId}?atLeast=${second.position}`)).body,
      (await b.get(`/api/lots/${lotId}/bids?atLeast=${second.position}`)).body,
      (await b.get(`/api/me/bids?atLeast=${second.position}`)).body,
      (await b.get(`/api/lots/${lotId}/result`)).body,
    ];
    expect(JSON.stringify(seenByBen)).not.toContain('77777');
  });

  it('sells to the highest bid, once, with 50 parallel closers', async () => {
    const [a, b] = bidder();
    const { auctionId, lotId } = await admin.openLot();
    await a.bid(lotId, 200);
    const winning = await b.bid(lotId, 300);
    const results = await Promise.all(Array.from({ length: 50 }, () => admin.close(lotId)));
    const sold = { lotId, state: 'sold', winnerId: 'ben', amount: 300, bidId: winning.bidId };
    expect(results).toEqual(Array.from({ length: 50 }, () => ({ ...sold, position: expect.any(String) })));
    expect((await a.post(`/api/lots/${lotId}/bids`, { amount: 400 })).body).toMatchObject({
      code: 'lot-closed',
      status: 409,
    });
    await admin.run(auctionId, 'end');
    const { body } = await admin.get(`/api/auctions/${auctionId}`);
    expect(body).toMatchObject({ state: 'ended', results: [sold] });
  });

  it('answers each of 200 concurrent bids truly at its sequence', async () => {
    const [a] = bidder();
    const { lotId } = await admin.openLot();
    const amounts = Array.from({ length: 200 }, (_, i) => 101 + ((i * 7919) % 1_000));
    const answers = await Promise.all(amounts.map((amount) => a.bid(lotId, amount)));
    answers.sort((x, y) => x.sequence - y.sequence);
    let highest = 100;
    for (const [i, answer] of answers.entries()) {
      expect(answer.sequence).toBe(i + 1);
      expect(answer.isCurrentlyHighest).toBe(answer.amount > highest);
      highest = Math.max(highest, answer.amount);
      expect(answer.currentHighestBid).toBe(highest);
    }
  });

  it('shows the bids by sequence in pages, the valid ones, and the lot, at a position', async () => {
    const [a, b] = bidder();
    const { lotId } = await admin.openLot();
    for (const amount of [110, 105, 120, 120]) await a.bid(lotId, amount);
    const { position } = await b.bid(lotId, 130);
    const page = (await a.get(`/api/lots/${lotId}/bids?limit=2&atLeast=${position}`)).body;
    expect(page.items.map((bid: { sequence: number }) => bid.sequence)).toEqual([1, 2]);
    const next = (await a.get(`/api/lots/${lotId}/bids?limit=3&cursor=${page.nextCursor}`)).body;
    expect(next).toMatchObject({ items: [{ sequence: 3 }, { sequence: 4 }, { sequence: 5 }], nextCursor: null });
    const valid = (await a.get(`/api/lots/${lotId}/bids?valid=true`)).body;
    expect(valid.items.map((bid: { amount: number }) => bid.amount)).toEqual([110, 120, 130]);
    expect(await a.lot(lotId, position)).toMatchObject({
      state: 'open',
      currentPrice: 130,
      bidCount: 5,
      highestBid: { bidderId: 'ben', amount: 130, sequence: 5 },
      minimumNextBid: 131,
      reserveMet: true,
    });
  });

  it("tells a bidder their own bids and standing, and nobody else's", async () => {
    const [a, b] = bidder();
    const { lotId } = await admin.openLot();
    await a.bid(lotId, 500);
    const { position } = await b.bid(lotId, 600);
    const mine = (await a.get(`/api/me/bids?limit=1&atLeast=${position}`)).body;
    expect(mine.items).toEqual([expect.objectContaining({ lotId, amount: 500, standing: 'outbid', state: 'stored' })]);
    const his = (await b.get(`/api/me/bids?limit=1`)).body;
    expect(his.items).toEqual([expect.objectContaining({ lotId, amount: 600, standing: 'leading' })]);
  });

  it('tells a bid that the close overtook that it is late, and what became of the lot', async () => {
    const [a] = bidder();
    const { lotId } = await admin.openLot();
    const { lots } = running.server.backend;
    const attempt = lots.attempt.bind(lots);
    const overtaken = jest.spyOn(lots, 'attempt').mockImplementationOnce((...bid) => {
      // The bid was accepted before.
      const outcome = sleep(20)
        .then(() => admin.close(lotId))
        .then(() => attempt(...bid).outcome);
      return { outcome, withdraw: () => null };
    });
    expect(await a.post(`/api/lots/${lotId}/bids`, { amount: 500 })).toMatchObject({
      status: 409,
      body: {
        code: 'lot-closed',
        late: true,
        state: 'passed',
        bidId: expect.any(String),
        position: expect.any(String),
      },
    });
    overtaken.mockRestore();
  });

  it('passes a lot whose reserve is not met, and never shows the reserve', async () => {
    const [a] = bidder();
    const { lotId } = await admin.openLot({ reserve: 98_765 });
    const { position } = await a.bid(lotId, 500);
    const view = await a.lot(lotId, position);
    expect(view.reserveMet).toBe(false);
    expect(JSON.stringify(view)).not.toContain('98765');
    const passed = { lotId, state: 'passed', winnerId: null, amount: null, bidId: null };
    const { position: closed, ...result } = await admin.close(lotId);
    expect(result).toEqual(passed);
    expect((await admin.lot(lotId, closed)).state).toBe('passed');
  });

  it('lowers a reserve while it is not met; the next bid meets it', async () => {
    const [a] = bidder();
    const { lotId } = await admin.openLot({ reserve: 1_000 });
    await a.bid(lotId, 500);
    const lowered = await admin.post(`/api/lots/${lotId}/reserve`, { reserve: 400 });
    expect(lowered).toMatchObject({ status: 200, body: { reserveMet: false } });
    const { position } = await a.bid(lotId, 501);
    expect((await a.lot(lotId, position)).reserveMet).toBe(true);
  });

  it('refuses bids before the start with lot-not-open and on unknown lots with lot-not-found', async () => {
    const [a] = bidder();
    const { auctionId } = await admin.createAuction();
    const { lotId } = await admin.addLot(auctionId);
    expect((await a.post(`/api/lots/${lotId}/bids`, { amount: 500 })).body.code).toBe('lot-not-open');
    const unknown = '01890000-0000-7000-8000-000000000000';
    expect((await a.post(`/api/lots/${unknown}/bids`, { amount: 500 })).body.code).toBe('lot-not-found');
    expect(running.server.backend.lots.heldStreams).toBeLessThan(50);
  });
});
