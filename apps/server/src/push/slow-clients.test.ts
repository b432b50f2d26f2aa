import type { Message } from '../testing/push-client.js';
import { MAX_WAITING } from './subscriber.js';
import { lotOf, Market } from './testing/market.js';
import { Wire } from './testing/wire.js';

const lotId = lotOf(0);

describe('a client that takes too little', () => {
  let market: Market;
  beforeEach(async () => {
    market = await Market.open([[0, 1]]);
  });
  afterEach(() => market.close());

  const typesOf = (messages: readonly Message[]) => messages.map(({ type }) => type);
  const dropped = async () => (await market.metrics.dropped.get()).values[0]?.value ?? 0;

  it('gets the newest price instead of a queue, and goes on from there', async () => {
    const { wire, client } = market.connect();
    await market.subscribe(client, { lots: [lotId] });
    wire.read();
    wire.full = true;
    for (let n = 0; n < 4 * MAX_WAITING; n += 1) market.bid(0, 0);
    await market.settled();
    expect(wire.unread).toBe(0);
    expect(await dropped()).toBe(4 * MAX_WAITING);
    wire.drain();
    await market.settled();
    market.bid(0, 0);
    await market.settled();
    const messages = wire.read();
    expect(typesOf(messages)).toEqual(['LotSnapshot', 'Subscribed', 'BidPlaced']);
    expect(messages[0]).toMatchObject({ reason: 'slow', data: { bidCount: 4 * MAX_WAITING } });
    expect(messages[2]).toMatchObject({ lot: { bidCount: 4 * MAX_WAITING + 1 } });
  });

  it('gets every message while they fit', async () => {
    const { wire, client } = market.connect();
    await market.subscribe(client, { lots: [lotId] });
    wire.read();
    wire.full = true;
    for (let n = 0; n < MAX_WAITING / 2; n += 1) market.bid(0, 0);
    await market.settled();
    wire.drain();
    await market.settled();
    expect(typesOf(wire.read())).toEqual(Array(MAX_WAITING / 2).fill('BidPlaced'));
    expect(await dropped()).toBe(0);
  });

  it('does not keep the others waiting', async () => {
    const [slow, fast] = [market.connect(), market.connect()];
    await market.subscribe(slow.client, { lots: [lotId] });
    await market.subscribe(fast.client, { lots: [lotId] });
    slow.wire.full = true;
    fast.wire.read();
    for (let n = 0; n < 100; n += 1) market.bid(0, 0);
    await market.settled();
    expect(fast.wire.read()).toHaveLength(100);
  });

  it('is disconnected when it takes nothing for two heartbeats, and when it answers no ping', async () => {
    const [stuck, silent, well] = [market.connect(), market.connect(), market.connect()];
    stuck.wire.full = true;
    silent.wire.alive = false;
    for (let beat = 0; beat < 3; beat += 1) {
      await market.push['beat']();
      await market.settled();
    }
    expect([stuck, silent, well].map(({ wire }) => wire.closedFor)).toEqual(['too-slow', 'idle', null]);
    expect(typesOf(well.wire.read())).toEqual(['Welcome', 'Heartbeat', 'Heartbeat', 'Heartbeat']);
  });

  it('is disconnected soon after its credential was revoked', async () => {
    let valid = true;
    const wire = new Wire();
    market.push.add({ principal: { role: 'bidder', subject: 'bob' }, connection: wire, isStillValid: () => valid });
    for (let beat = 0; beat < 4; beat += 1) await market.push['beat']();
    expect(wire.closedFor).toBeNull();
    valid = false;
    for (let beat = 0; beat < 4; beat += 1) await market.push['beat']();
    expect(wire.closedFor).toBe('unauthenticated');
    await market.settled();
    expect(wire.read().at(-1)).toMatchObject({ type: 'Problem', code: 'unauthenticated' });
  });

  it('stays while nobody can say whether its credential is still valid', async () => {
    const wire = new Wire();
    const isStillValid = () => Promise.reject(new Error('the issuer is away'));
    market.push.add({ principal: { role: 'bidder', subject: 'bob' }, connection: wire, isStillValid });
    for (let beat = 0; beat < 8; beat += 1) await market.push['beat']();
    expect(wire.closedFor).toBeNull();
  });
});

describe('several processes', () => {
  it("tell of each other's bids, and a position of one is good on the other", async () => {
    const market = await Market.open([[0]]);
    const other = await market.another();
    const [here, there] = [market.connect(), other.connect()];
    await market.subscribe(here.client, { lots: [lotId] });
    await other.subscribe(there.client, { lots: [lotId] });
    here.wire.read();
    there.wire.read();
    market.bid(0, 0, 'bob');
    market.bid(0, 0, 'eve');
    await market.settled();
    await other.settled();
    const [first] = here.wire.read(1);
    expect(there.wire.read().map(({ position }) => position)).toEqual([first?.position, expect.any(String)]);
    const moved = other.connect();
    await other.subscribe(moved.client, { lots: [lotId], after: first?.position as string });
    expect(moved.wire.read().map(({ type }) => type)).toEqual(['Welcome', 'BidPlaced', 'Subscribed']);
    await market.close();
    await other.close();
  });
});
