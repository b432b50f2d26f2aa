import { jest } from '@jest/globals';
import { StoreUnavailable } from '#event-store/event-store.js';
import { id } from '#testing/lot-builders.js';
import { lotOf, Market } from './testing/market.js';

const lotId = lotOf(0);
const AT_ONCE_MS = 1_000;

describe('a client that names a position', () => {
  let market: Market;
  let head: string;
  beforeEach(async () => {
    market = await Market.open([[0]]);
    await market.settled();
    head = (await market.store.head()) as string;
  });
  afterEach(() => market.close());

  const subscribe = async (after: string, meanwhile: () => void = () => undefined) => {
    const { wire, client } = market.connect();
    const subscribing = market.push.subscribe(client, { lots: [lotId], after });
    await new Promise((resolve) => setTimeout(resolve, 20));
    meanwhile();
    await subscribing;
    await market.settled();
    return wire.read().map(({ type }) => type);
  };
  const next = () => String(Number(head) + 1);

  it('that lies behind the end of the store is told so at once, and gets nothing until it asks anew', async () => {
    const { client, wire } = market.connect();
    const begun = performance.now();
    await market.subscribe(client, { lots: [lotId], after: next() });
    market.bid(0, 0);
    await market.settled();
    expect(performance.now() - begun).toBeLessThan(AT_ONCE_MS);
    const message = 'is a position that the event store has not reached';
    expect(wire.read().slice(1)).toEqual([
      {
        type: 'Problem',
        code: 'validation-failed',
        detail: `subscribe.after: ${message}`,
        errors: [{ field: 'subscribe.after', message }],
      },
    ]);
    await market.catchUp();
    await market.subscribe(client, { lots: [lotId] });
    expect(wire.read().map(({ type }) => type)).toEqual(['LotSnapshot', 'Subscribed']);
  });

  it.each([
    ['is stored and comes here in a moment', () => Promise.resolve(next())],
    ['may be stored while the store is away', () => Promise.reject(new StoreUnavailable('away', false))],
    ['may be stored while the store does not answer', () => new Promise<never>(() => undefined)],
  ] as const)('that %s goes on behind it', async (_, answer) => {
    jest.spyOn(market.store, 'head').mockImplementation(answer);
    const types = await subscribe(next(), () => {
      jest.restoreAllMocks();
      market.bid(0, 0);
      market.bid(0, 0);
    });
    expect(types).toEqual(['Welcome', 'BidPlaced', 'Subscribed']);
  });

  it('goes on behind an event that the push does not follow', async () => {
    market.write('key-1', { type: 'KeyRevoked', data: { keyId: id(1) } });
    const { wire, client } = market.connect();
    const begun = performance.now();
    await market.push.subscribe(client, { lots: [lotId], after: next() });
    expect(performance.now() - begun).toBeLessThan(AT_ONCE_MS);
    market.bid(0, 0);
    await market.settled();
    expect(wire.read().map(({ type }) => type)).toEqual(['Welcome', 'Subscribed', 'BidPlaced']);
  });
});
