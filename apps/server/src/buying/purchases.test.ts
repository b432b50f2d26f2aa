import type { BuyNow } from '#auction/lot/buy-now.js';
import { lotStream } from '#contracts/ids.js';
import { InProcessStock } from '#coordination/in-process/in-process-stock.js';
import { StoreUnavailable } from '#event-store/event-store.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import { uuidV7 } from '#platform/uuid.js';
import { auctionId, lotId, lotTerms, OPENS } from '#testing/lot-builders.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { Metrics } from '../observability/metrics.js';
import { LotWriter } from '../writers.js';
import { Purchases } from './purchases.js';
import { SoldOutLots } from './sold-out-lots.js';

const context = (changes: Partial<CommandContext> = {}): CommandContext => ({
  commandId: uuidV7(),
  correlationId: 'test',
  causationId: 'test',
  actor: 'bidder:ann',
  ...changes,
});

describe('purchases', () => {
  let store: MemoryEventStore;
  let lots: LotWriter;
  let stock: InProcessStock;
  let soldOut: SoldOutLots;
  let purchases: Purchases;
  let warnings: string[];
  beforeEach(() => {
    store = new MemoryEventStore();
    lots = new LotWriter(store);
    stock = new InProcessStock({ now: () => 0 });
    soldOut = new SoldOutLots();
    warnings = [];
    const log = { warn: (_: object, message: string) => void warnings.push(message) };
    purchases = new Purchases({ lots, stock, soldOut, metrics: new Metrics(), log });
  });

  const openLot = async (quantity: number, limitPerBuyer?: number) => {
    const terms = lotTerms({ buyNow: { price: 500, quantity, ...(limitPerBuyer && { limitPerBuyer }) } });
    const list = { type: 'ListLot', lotId, auctionId, ordinal: 1, terms, extendsAsGroup: false } as const;
    await lots.execute(lotId, list, context());
    await lots.execute(lotId, { type: 'OpenLot', at: OPENS }, context());
    await stock.restore(lotId, { quantity, sold: 0, revision: 1 });
  };
  const buy = async (buyerId: string, quantity = 1, given: Partial<CommandContext> = {}) => {
    const command: BuyNow = { type: 'BuyNow', purchaseId: uuidV7(), buyerId, quantity, at: OPENS + 1 };
    const outcome = await purchases.buy(lotId, command, context({ commandId: command.purchaseId, ...given }));
    return outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
  };
  const bought = async () =>
    (await store.readStream(lotStream(lotId), 0, 1_000)).filter(({ type }) => type === 'ItemBought').length;

  it('sell, and tell the stock what the stream says', async () => {
    await openLot(3);
    expect(await buy('ann', 2)).toBe('accepted');
    expect(await stock.view(lotId)).toEqual({ quantity: 3, sold: 2, revision: 2, held: 0, available: 1 });
  });

  it('are refused without the stream once it has said that every unit is sold', async () => {
    await openLot(2);
    expect(await buy('ann', 2)).toBe('accepted');
    expect(soldOut.has(lotId)).toBe(true);
    const before = lots.execute;
    lots.execute = () => Promise.reject(new Error('the stream was asked'));
    expect(await buy('bob')).toBe('sold-out');
    lots.execute = before;
    // Whether it is the repeat of one that was made, only the stream knows.
    expect(await buy('bob', 1, { requestDigest: 'digest' })).toBe('sold-out');
  });

  it('leave the unit of one that fails to whoever came next meanwhile', async () => {
    await openLot(2);
    await buy('zoe');
    const append = store.append.bind(store);
    let fail: () => void = () => undefined;
    const underWay = new Promise<void>((begun) => {
      store.append = () => {
        store.append = append;
        begun();
        return new Promise((_, reject) => {
          fail = () => reject(new StoreUnavailable('planned failure', false));
        });
      };
    });
    const failing = buy('ann');
    await underWay;
    const others = Promise.allSettled(['bob', 'cat', 'dan'].map((buyer) => buy(buyer)));
    await new Promise(setImmediate);
    const refused = expect(failing).rejects.toThrow(StoreUnavailable);
    fail();
    await refused;
    // Decided with the one that failed, they fail with it; decided after it, the first of them gets the unit.
    const sold = (await others).some((each) => each.status === 'fulfilled' && each.value === 'accepted');
    expect(await buy('eve')).toBe(sold ? 'sold-out' : 'accepted');
    expect(await stock.view(lotId)).toMatchObject({ sold: 2, held: 0, available: 0 });
    expect(await bought()).toBe(2);
  });

  it('leave a unit that several failed to buy to whoever comes later', async () => {
    await openLot(2, 1);
    await buy('zoe');
    const append = store.append;
    store.append = () => Promise.reject(new StoreUnavailable('planned failure', false));
    const outcomes = await Promise.allSettled(['ann', 'bob', 'cat', 'dan'].map((buyer) => buy(buyer)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    store.append = append;
    expect(await stock.view(lotId)).toMatchObject({ sold: 1, held: 0, available: 1 });
    expect(await buy('cat')).toBe('accepted');
  });

  it('that the stream refuses give back what they held', async () => {
    await openLot(3, 1);
    await buy('ann');
    expect(await buy('ann')).toBe('purchase-limit-exceeded');
    expect(await stock.view(lotId)).toMatchObject({ sold: 1, held: 0, available: 2 });
  });

  it('sell what the stock holds for others that may never buy it', async () => {
    await openLot(2);
    await stock.reserve(lotId, 'a purchase whose process was killed', 2);
    expect(await buy('ann')).toBe('accepted');
    expect(await stock.view(lotId)).toMatchObject({ sold: 1, held: 0, available: 1 });
  });

  it.each([
    ['knows nothing', async () => stock.forgetAll()],
    [
      'is behind',
      async () => {
        stock.forgetAll();
        await stock.restore(lotId, { quantity: 2, sold: 0, revision: 1 });
      },
    ],
  ])('bring a stock that %s to where the stream is', async (_, lose) => {
    await openLot(2);
    await buy('ann', 2);
    await lose();
    expect(await buy('bob')).toBe('sold-out');
    await new Promise(setImmediate);
    expect(await stock.view(lotId)).toMatchObject({ sold: 2, held: 0, available: 0 });
    expect(warnings).toEqual([]);
  });

  it('leave nothing of lots that do not exist', async () => {
    expect(await buy('ann')).toBe('lot-not-found');
    expect(stock.size).toBe(0);
  });
});
