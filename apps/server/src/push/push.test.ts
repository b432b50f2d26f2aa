import { until } from '#testing/until.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { type Message, PushClient } from '../testing/push-client.js';
import { RunningServer } from '../testing/running-server.js';

describe('the push', () => {
  let running: RunningServer;
  let admin: GavelClient;
  let ada: GavelClient;
  let bob: GavelClient;
  const open: PushClient[] = [];
  beforeAll(async () => {
    running = await RunningServer.start();
    admin = running.admin;
    ada = await admin.newCaller('bidder', 'ada');
    bob = await admin.newCaller('bidder', 'bob');
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });
  afterAll(() => running.stop());

  const watch = async (caller: GavelClient, lotId: string, after?: string) => {
    const client = await PushClient.subscribed(caller, { lots: [lotId], ...(after !== undefined && { after }) });
    open.push(client);
    return client;
  };

  it('begins with who calls, the lot as it stands, and how far that is', async () => {
    const { lotId, auctionId } = await admin.openLot();
    const { position } = await ada.bid(lotId, 500);
    const lot = await ada.lot(lotId, position);
    const client = await watch(ada, lotId);
    const [welcome, snapshot, subscribed] = client.messages as [Message, Message, Message];
    expect(welcome).toEqual({
      type: 'Welcome',
      role: 'bidder',
      subject: 'ada',
      heartbeatSeconds: 15,
      serverTime: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(snapshot).toEqual({
      type: 'LotSnapshot',
      lotId,
      auctionId,
      position: subscribed.position,
      serverTime: expect.any(String),
      closesAt: null,
      reason: 'subscribed',
      data: { ...lot, highestBid: { amount: 500, sequence: 1, bidderId: expect.stringMatching(/^bidder-/) } },
      you: { leading: true },
    });
    expect(client.messages).toHaveLength(3);
  });

  it('tells each bid in order, with the state behind it and what it means for whom', async () => {
    const { lotId, auctionId } = await admin.openLot();
    const [asAda, asBob, asAdmin] = [await watch(ada, lotId), await watch(bob, lotId), await watch(admin, lotId)];
    await ada.bid(lotId, 500);
    await bob.bid(lotId, 400);
    const { position } = await bob.bid(lotId, 700);
    for (const client of [asAda, asBob, asAdmin]) await client.next('BidPlaced', 3);
    const amounts = (client: PushClient) => client.of('BidPlaced').map(({ data }) => data.amount);
    expect([amounts(asAda), amounts(asBob), amounts(asAdmin)]).toEqual(Array(3).fill([500, 400, 700]));
    const yours = (client: PushClient) => client.of('BidPlaced').map(({ you }) => you);
    expect(yours(asAda)).toEqual([{ bid: true, leading: true }, { leading: true }, { outbid: true }]);
    expect(yours(asBob)).toEqual([undefined, { bid: true }, { bid: true, leading: true }]);
    expect(yours(asAdmin)).toEqual([undefined, undefined, undefined]);
    const last = asAdmin.of('BidPlaced')[2] as Message;
    const bidderId = last['data'].bidderId;
    expect(last).toEqual({
      type: 'BidPlaced',
      eventId: expect.any(String),
      lotId,
      auctionId,
      position,
      serverTime: expect.any(String),
      closesAt: null,
      data: { lotId, bidderId, amount: 700, sequence: 3, isCurrentlyHighest: true, currentHighestBid: 700 },
      lot: {
        state: 'open',
        currentPrice: 700,
        highestBid: { bidderId, amount: 700, sequence: 3 },
        minimumNextBid: 701,
        bidCount: 3,
        reserveMet: true,
        closesAt: null,
        extensions: 0,
        available: null,
      },
    });
  });

  it('tells that there is nothing to buy any more, with the bid that ended buying', async () => {
    const { lotId } = await admin.openLot({ buyNow: { price: 9_000, quantity: 1, policy: 'until-price-exceeds' } });
    const client = await watch(ada, lotId);
    await bob.bid(lotId, 9_000);
    await bob.bid(lotId, 9_001);
    await client.next('BidPlaced', 2);
    expect(client.of('BidPlaced').map(({ lot }) => lot?.available)).toEqual([1, 0]);
    const later = await watch(ada, lotId);
    expect(later.of('LotSnapshot')[0]?.['data'].buyNow).toMatchObject({ available: 0, policy: 'until-price-exceeds' });
  });

  it('resumes behind a position with no gap and no duplicate', async () => {
    const { lotId } = await admin.openLot();
    const first = await watch(ada, lotId);
    await ada.bid(lotId, 500);
    await first.next('BidPlaced');
    first.close();
    await bob.bid(lotId, 600);
    await ada.bid(lotId, 700);
    const second = await watch(ada, lotId, first.after);
    await bob.bid(lotId, 800);
    await second.next('BidPlaced', 3);
    expect(second.of('BidPlaced').map(({ data }) => data.amount)).toEqual([600, 700, 800]);
    expect(second.of('LotSnapshot')).toEqual([]);
    expect(second.of('BidPlaced')[0]?.['you']).toEqual({ outbid: true });
  });

  it('goes on behind a restart of the server', async () => {
    const other = await RunningServer.start();
    const bidder = await other.admin.newCaller('bidder', 'ada');
    const { auctionId } = await other.admin.createAuction();
    const { lotId } = await other.admin.addLot(auctionId);
    await other.admin.run(auctionId, 'start');
    const before = await PushClient.subscribed(bidder, { lots: [lotId] });
    await bidder.bid(lotId, 500);
    await before.next('BidPlaced');
    const { after } = before;
    await bidder.bid(lotId, 600);
    const again = await other.restart();
    expect(await before.gone()).toEqual({ code: 1001, reason: 'going-away' });
    expect(before.of('Goodbye')).toEqual([{ type: 'Goodbye', retryAfterMs: expect.any(Number) }]);
    const bidderAgain = again.admin.as(bidder.key);
    const client = await PushClient.subscribed(bidderAgain, { lots: [lotId], after });
    await bidderAgain.bid(lotId, 700);
    await client.next('BidPlaced', 2);
    expect(client.of('BidPlaced', 'LotSnapshot').map(({ data }) => data['amount'])).toEqual([600, 700]);
    client.close();
    await again.stop();
  });

  it('tells the watchers of an auction of each of its lots, also of those that come later', async () => {
    const { auctionId } = await admin.createAuction({ title: 'Watched' });
    const one = await admin.addLot(auctionId, { title: 'One' });
    const client = await PushClient.subscribed(bob, { auctions: [auctionId] });
    open.push(client);
    expect(client.of('AuctionSnapshot', 'LotSnapshot').map(({ data }) => data['title'])).toEqual(['Watched', 'One']);
    const two = await admin.addLot(auctionId, { title: 'Two' });
    await admin.run(auctionId, 'start');
    await ada.bid(two.lotId, 500);
    await admin.close(one.lotId);
    await client.next('LotPassed');
    await admin.run(auctionId, 'end');
    await client.next('AuctionEnded');
    const told = client.messages.slice(client.messages.findIndex(({ type }) => type === 'Subscribed') + 1);
    const byLot = (lotId: string | null) => told.filter((message) => message.lotId === lotId).map(({ type }) => type);
    expect(byLot(null)).toEqual(['AuctionStarted', 'AuctionEnded']);
    expect(byLot(one.lotId)).toEqual(['LotChanged', 'LotPassed']);
    expect(byLot(two.lotId)).toEqual(['LotListed', 'LotChanged', 'BidPlaced', 'LotSold']);
    const positions = told.flatMap(({ position }) => (position === undefined ? [] : [Number(position)]));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  it('lets auctioneers watch everything, and nobody else', async () => {
    const client = await PushClient.open(ada);
    open.push(client);
    client.send({ subscribe: { all: true } });
    expect(await client.next('Problem')).toMatchObject({ code: 'forbidden' });
    const everything = await PushClient.subscribed(admin, { all: true });
    open.push(everything);
    const { lotId } = await admin.openLot();
    await ada.bid(lotId, 500);
    await until(() => everything.of('BidPlaced').some((message) => message.lotId === lotId));
    expect(everything.of('AuctionCreated', 'LotListed', 'AuctionStarted', 'LotChanged')).toHaveLength(4);
  });
});
