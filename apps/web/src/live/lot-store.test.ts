import type { LotView } from '#contracts/http/lots.js';
import type { LotNow } from '#contracts/push/server-messages.js';
import { LotStore } from './lot-store.js';
import { isBehind } from './position.js';

const lot = (position: string, currentPrice: number): LotView => ({
  lotId: 'one',
  auctionId: 'auction',
  ordinal: 1,
  title: 'A clock',
  state: 'open',
  bidPolicy: 'open',
  currency: 'USD',
  startingBid: 100,
  currentPrice,
  highestBid: null,
  minimumNextBid: currentPrice + 1,
  bidCount: 1,
  reserveMet: true,
  opensAt: null,
  closesAt: null,
  extensions: 0,
  buyNow: { price: 500, quantity: 3, available: 3, limitPerBuyer: null, policy: null },
  vehicle: null,
  position,
});
const now = (currentPrice: number, available: number | null = 3): LotNow => {
  const { state, highestBid, minimumNextBid, bidCount, reserveMet, closesAt, extensions } = lot('0', currentPrice);
  return { state, currentPrice, highestBid, minimumNextBid, bidCount, reserveMet, closesAt, extensions, available };
};

describe('the store of lots', () => {
  it('is told nothing by the answer to a bid that was outbid before it came', () => {
    const store = new LotStore();
    store.put(lot('9', 900));
    store.patch('one', '10', now(1_000));
    store.meant('one', { bid: true, leading: true });
    store.patch('one', '11', now(1_100));
    store.meant('one', { outbid: true });
    store.meant('one', { bid: true, leading: true }, '10');
    expect(store.standing('one')).toBe('outbid');
    store.meant('one', { bid: true, leading: true }, '12');
    expect(store.standing('one')).toBe('leading');
  });

  it('keeps the newest news, in whatever order answers and messages arrive', () => {
    const store = new LotStore();
    store.put(lot('9', 900));
    store.patch('one', '10', now(1_000));
    store.put(lot('9', 900));
    store.patch('one', '8', now(800));
    expect(store.lot('one')).toMatchObject({ position: '10', currentPrice: 1_000, title: 'A clock' });
  });

  it('takes what is left of the units from a message', () => {
    const store = new LotStore();
    store.put(lot('1', 100));
    store.patch('one', '2', now(100, 2));
    expect(store.lot('one')?.buyNow).toEqual({ ...lot('1', 100).buyNow, available: 2 });
  });

  it('knows nothing of a lot before it has come whole', () => {
    const store = new LotStore();
    store.patch('one', '2', now(100));
    expect(store.lot('one')).toBeUndefined();
  });

  it('believes messages more than the list of bids that was asked for earlier', () => {
    const store = new LotStore();
    store.put(lot('1', 100));
    store.meant('one', { leading: true });
    store.putMyBids([
      { lotId: 'one', standing: 'outbid', state: 'stored' },
      { lotId: 'two', standing: 'lost', state: 'spooled' },
      { lotId: 'two', standing: 'won', state: 'stored' },
      { lotId: 'two', standing: 'lost', state: 'stored' },
      { lotId: 'three', standing: 'lost', state: 'refused' },
    ]);
    expect(['one', 'two', 'three'].map((lotId) => store.standing(lotId))).toEqual(['leading', 'won', null]);
  });

  it('tells those who look at a lot once, however many messages came', async () => {
    const store = new LotStore();
    let told = 0;
    const stop = store.subscribe('one', () => {
      told += 1;
    });
    store.put(lot('1', 100));
    for (let i = 2; i < 50; i += 1) store.patch('one', String(i), now(100 + i));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(told).toBe(1);
    stop();
    store.put(lot('60', 999));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(told).toBe(1);
  });
});

describe('positions', () => {
  it('are compared as numbers of any size', () => {
    expect(isBehind('9', '10')).toBe(true);
    expect(isBehind('10', '9')).toBe(false);
    expect(isBehind('18446744073709551614', '18446744073709551615')).toBe(true);
    expect(isBehind('7', '7')).toBe(false);
  });
});
