import { StoreUnavailable } from '#event-store/event-store.js';
import { until } from '#testing/until.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';

const vehicle = { vin: '1HGCM82633A004352', make: 'Honda', model: 'Accord', year: 2003, mileage: 120_000 };

describe('commands that span streams', () => {
  let running: RunningServer;
  let admin: GavelClient;
  beforeEach(async () => {
    running = await RunningServer.start();
    admin = running.admin;
  });
  afterEach(() => running.stop());

  /** Lets the request fail behind its deciding append, as a crash would. */
  const failCarrying = () => {
    const { carrier } = running.server.backend;
    const failing = async () => {
      throw new StoreUnavailable('the second write fails', false);
    };
    const original = { ...carrier };
    Object.assign(carrier, { carryAddedLots: failing, carryAuction: failing, settle: failing, completeClaim: failing });
    return () => {
      for (const name of ['carryAddedLots', 'carryAuction', 'settle', 'completeClaim'] as const) {
        Reflect.deleteProperty(carrier, name);
      }
      Object.assign(carrier, original);
    };
  };

  it('shows no half-added lot when the second write fails; a retry works', async () => {
    const { auctionId } = await admin.createAuction();
    const restore = failCarrying();
    const add = () =>
      admin.post(`/api/auctions/${auctionId}/lots`, { title: 'x', startingBid: 5 }, { 'idempotency-key': 'k' });
    expect((await add()).status).toBe(503);
    expect((await admin.get(`/api/auctions/${auctionId}`)).body).toMatchObject({ lotCount: 0, lots: [] });
    restore();
    const { status, body } = await add();
    expect(status).toBe(201);
    expect((await admin.get(`/api/auctions/${auctionId}?atLeast=${body.position}`)).body.lotCount).toBe(1);
  });

  it('completes adding, starting and ending without the request that began them', async () => {
    const { auctionId } = await admin.createAuction();
    const restore = failCarrying();
    await admin.post(`/api/auctions/${auctionId}/lots`, { title: 'x', startingBid: 5 });
    await admin.post(`/api/auctions/${auctionId}/start`);
    await admin.post(`/api/auctions/${auctionId}/end`);
    restore();
    running = await running.restart();
    admin = running.admin;
    const shown = async () => (await admin.get(`/api/auctions/${auctionId}`)).body;
    await until(async () => (await shown()).state === 'ended' && (await shown()).lots.length === 1);
    const { body } = await admin.get(`/api/auctions/${auctionId}`);
    expect(body.results).toEqual([
      { lotId: body.lots[0].lotId, state: 'passed', winnerId: null, amount: null, bidId: null },
    ]);
  });

  it('offers a vehicle in one open lot only, and again once that is settled', async () => {
    const { auctionId } = await admin.createAuction();
    const path = `/api/auctions/${auctionId}/lots`;
    const add = () => admin.post(path, { title: 'A car', startingBid: 5, vehicle });
    const both = await Promise.all([add(), add()]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(both.find(({ status }) => status === 409)?.body.code).toBe('vehicle-already-listed');
    const lotId = both.find(({ status }) => status === 201)?.body.lotId;
    await admin.run(auctionId, 'start');
    await admin.close(lotId);
    expect((await add()).status).toBe(201);
  });

  const held = async (vin: string) => (await running.server.backend.vehicles.load(vin)).state.phase;
  const car = (vin: string) => ({ title: 'A car', startingBid: 5, vehicle: { ...vehicle, vin } });

  it('adds no lot with a vehicle to an auction that has changed since, and leaves the vehicle free', async () => {
    const { auctionId } = await admin.createAuction();
    await admin.addLot(auctionId);
    const path = `/api/auctions/${auctionId}/lots`;
    expect((await admin.post(path, car(vehicle.vin), { 'if-match': '"0"' })).status).toBe(412);
    expect((await admin.get(`/api/auctions/${auctionId}`)).body.lots).toHaveLength(1);
    expect(await held(vehicle.vin)).toBe('free');
  });

  it('refuses another vehicle under the same key, and leaves it free', async () => {
    const { auctionId } = await admin.createAuction();
    const path = `/api/auctions/${auctionId}/lots`;
    const other = '1HGCM82633A004353';
    const headers = { 'idempotency-key': 'one-car' };
    const first = await admin.post(path, car(vehicle.vin), headers);
    expect(await admin.post(path, car(other), headers)).toMatchObject({ status: 422 });
    expect((await admin.post(path, car(vehicle.vin), headers)).body.lotId).toBe(first.body.lotId);
    await until(async () => (await held(other)) === 'free');
    expect(await held(vehicle.vin)).toBe('claimed');
  });

  it('makes different lots of one key in two auctions', async () => {
    const [a, b] = [await admin.createAuction(), await admin.createAuction()];
    const add = ({ auctionId }: { auctionId: string }) =>
      admin.post(`/api/auctions/${auctionId}/lots`, { title: 'x', startingBid: 5 }, { 'idempotency-key': 'lot-1' });
    const [inA, inB] = [await add(a), await add(b)];
    expect([inA.body.auctionId, inB.body.auctionId]).toEqual([a.auctionId, b.auctionId]);
    expect(inA.body.lotId).not.toBe(inB.body.lotId);
    await admin.run(b.auctionId, 'start');
    expect((await admin.run(b.auctionId, 'end')).state).toBe('ended');
    expect((await admin.lot(inA.body.lotId)).state).toBe('listed');
  });

  it('leaves a vehicle free whose lot could not be added', async () => {
    const { auctionId } = await admin.createAuction();
    await admin.run(auctionId, 'cancel');
    expect(
      (await admin.post(`/api/auctions/${auctionId}/lots`, { title: 'x', startingBid: 5, vehicle })).body.code,
    ).toBe('auction-cancelled');
    const other = await admin.createAuction();
    expect(await admin.addLot(other.auctionId, { vehicle })).toMatchObject({ vehicle });
  });

  it('opens a lot at once that is added to a started auction, and takes none once it has ended', async () => {
    const { auctionId } = await admin.createAuction();
    await admin.run(auctionId, 'start');
    expect(await admin.addLot(auctionId)).toMatchObject({ state: 'open' });
    await admin.run(auctionId, 'end');
    expect((await admin.post(`/api/auctions/${auctionId}/lots`, { title: 'x', startingBid: 5 })).body.code).toBe(
      'auction-ended',
    );
  });

  it('withdraws every lot of a cancelled auction that is not settled', async () => {
    const { auctionId } = await admin.createAuction();
    const [sold, open] = [await admin.addLot(auctionId), await admin.addLot(auctionId)];
    await admin.run(auctionId, 'start');
    await (await admin.newCaller('bidder', 'ada')).bid(sold.lotId, 500);
    await admin.close(sold.lotId);
    expect((await admin.run(auctionId, 'cancel')).state).toBe('cancelled');
    const result = async (lotId: string) => (await admin.get(`/api/lots/${lotId}/result`)).body.state;
    await until(async () => (await result(open.lotId)) === 'withdrawn');
    expect(await result(sold.lotId)).toBe('sold');
  });
});
