import { PushClient } from '../testing/push-client.js';
import { RunningServer } from '../testing/running-server.js';
import { lateBid, lotOf, Market } from './testing/market.js';

/** Amounts that stand for nothing else: found anywhere, they have leaked. */
const RESERVE = 7_310_977;
/** No secret once it is met: then it is the price. */
const LOWERED = 6_820_753;
const MAXIMUM = 8_640_337;
const RAISED = 9_150_491;

describe('what must not leave', () => {
  it('is in no message: reserves, hidden maxima, who somebody is', async () => {
    const running = await RunningServer.start();
    const { admin } = running;
    const [ada, bob, partner] = [
      await admin.newCaller('bidder', 'ada-canary'),
      await admin.newCaller('bidder', 'bob'),
      await admin.newCaller('partner', 'acme'),
    ];
    const { auctionId } = await admin.createAuction();
    const lot = { bidPolicy: 'proxy', reserve: RESERVE } as const;
    const one = await admin.addLot(auctionId, { ...lot, startingBid: 100 });
    await admin.run(auctionId, 'start');
    const subscription = { lots: [one.lotId], auctions: [auctionId] };
    const watchers = [
      await PushClient.subscribed(bob, subscription),
      await PushClient.subscribed(partner, subscription),
    ];
    watchers.push(await PushClient.subscribed(admin, { all: true }));
    const first = watchers[2]?.after as string;
    await bob.bid(one.lotId, 5_000);
    await admin.expect(200, admin.post(`/api/lots/${one.lotId}/reserve`, { reserve: LOWERED }));
    await ada.bid(one.lotId, MAXIMUM);
    await ada.bid(one.lotId, RAISED);
    await bob.bid(one.lotId, 7_000_000);
    await admin.close(one.lotId);
    await admin.run(auctionId, 'end');
    for (const watcher of watchers) await watcher.next('AuctionEnded');
    // Also when it is sent once more, and as a snapshot.
    watchers.push(await PushClient.subscribed(bob, { ...subscription, after: first }));
    watchers.push(await PushClient.subscribed(partner, subscription));
    for (const watcher of watchers) {
      const said = watcher.texts.join('\n');
      for (const secret of [RESERVE, MAXIMUM, RAISED, 'ada-canary']) expect(said).not.toContain(String(secret));
      watcher.close();
    }
    await running.stop();
  }, 30_000);

  it('is a late bid, but to its bidder', async () => {
    const market = await Market.open([[0]]);
    const late = market.connect({ role: 'bidder', subject: 'ada' });
    const other = market.connect({ role: 'bidder', subject: 'bob' });
    const asAdmin = market.connect({ role: 'admin', subject: 'ada' });
    for (const { client } of [late, other, asAdmin]) await market.subscribe(client, { lots: [lotOf(0)] });
    for (const { wire } of [late, other, asAdmin]) wire.read();
    market.write(`lot-${lotOf(0)}`, lateBid('ada', 999), 0, 0);
    await market.settled();
    expect([late, other, asAdmin].map(({ wire }) => wire.read())).toEqual([
      [
        expect.objectContaining({
          type: 'BidArrivedLate',
          you: { late: true },
          data: expect.objectContaining({ amount: 999 }),
        }),
      ],
      [],
      [],
    ]);
    await market.close();
  });
});
