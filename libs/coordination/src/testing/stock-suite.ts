import { setTimeout as sleep } from 'node:timers/promises';
import { id } from '#testing/lot-builders.js';
import type { Stock, StockLevel } from '../stock.js';

export interface StockHarness {
  /** A stock of an empty world, whose holds expire after so many milliseconds. */
  open(holdMs: number): Promise<Stock>;
  /** Everything that it holds is lost. */
  lose(): Promise<void>;
}

/** Longer than any case takes, on the busiest machine. */
const LONG_MS = 60_000;
const SHORT_MS = 100;
const [ann, bob, cat, dan] = ['ann', 'bob', 'cat', 'dan'];
let items = 0;

/** What every stock must do. Each case has an item of its own. */
export function describeStock(name: string, harness: StockHarness): void {
  describe(`${name} as a stock`, () => {
    let stock: Stock;
    let item: string;
    beforeAll(async () => {
      stock = await harness.open(LONG_MS);
    });
    beforeEach(() => {
      items += 1;
      item = id(items);
    });

    const level = (sold: number, revision: number, quantity = 3): StockLevel => ({ quantity, sold, revision });
    const buy = (purchaseId: string, sold: number, revision: number, units = 1) =>
      stock.confirm(item, { purchaseId, units, level: level(sold, revision) });

    it('knows nothing of an item before it is told', async () => {
      expect(await stock.view(item)).toBe(null);
      expect(await stock.reserve(item, ann, 1)).toBe('unknown');
      await stock.release(item, ann);
      expect(await stock.view(item)).toBe(null);
    });

    it('holds, then sells', async () => {
      await stock.restore(item, level(0, 1));
      expect(await stock.reserve(item, ann, 2)).toBe('reserved');
      expect(await stock.view(item)).toEqual({ ...level(0, 1), held: 2, available: 1 });
      await buy(ann, 2, 2, 2);
      expect(await stock.view(item)).toEqual({ ...level(2, 2), held: 0, available: 1 });
    });

    it('holds once for a purchase that asks twice', async () => {
      await stock.restore(item, level(0, 1));
      await stock.reserve(item, ann, 2);
      expect(await stock.reserve(item, ann, 2)).toBe('reserved');
      expect(await stock.view(item)).toMatchObject({ held: 2, available: 1 });
    });

    it('gives no unit that is held to anybody else, and all of them back when the purchase fails', async () => {
      await stock.restore(item, level(2, 1));
      expect(await stock.reserve(item, ann, 1)).toBe('reserved');
      const others = await Promise.all([bob, cat, dan].map((who) => stock.reserve(item, who, 1)));
      expect(others).toEqual(['contested', 'contested', 'contested']);
      await stock.release(item, ann);
      await stock.release(item, ann);
      expect(await stock.view(item)).toEqual({ ...level(2, 1), held: 0, available: 1 });
      expect(await stock.reserve(item, bob, 1)).toBe('reserved');
    });

    it('is all or nothing', async () => {
      await stock.restore(item, level(1, 1));
      expect(await stock.reserve(item, ann, 3)).toBe('contested');
      expect(await stock.view(item)).toMatchObject({ held: 0, available: 2 });
    });

    it('is sold out only when the stream says so', async () => {
      await stock.restore(item, level(2, 1));
      await stock.reserve(item, ann, 1);
      expect(await stock.reserve(item, bob, 1)).toBe('contested');
      await buy(ann, 3, 2);
      expect(await stock.reserve(item, bob, 1)).toBe('sold-out');
    });

    it('frees what was held by a purchase of which nothing was heard', async () => {
      const forgetful = await harness.open(SHORT_MS);
      await forgetful.restore(item, level(1, 1));
      expect(await forgetful.reserve(item, ann, 2)).toBe('reserved');
      await sleep(SHORT_MS + 20);
      expect(await forgetful.reserve(item, bob, 1)).toBe('reserved');
      expect(await forgetful.view(item)).toMatchObject({ held: 1, available: 1 });
    });

    it('counts a sale whose hold has expired, or that had none', async () => {
      await stock.restore(item, level(0, 1));
      await buy(ann, 1, 2);
      expect(await stock.view(item)).toEqual({ ...level(1, 2), held: 0, available: 2 });
    });

    it('takes the sale of an item of which it knows nothing as what the stream says of it', async () => {
      await buy(ann, 2, 7);
      expect(await stock.view(item)).toEqual({ ...level(2, 7), held: 0, available: 1 });
    });

    it('does not count a sale twice that a newer level contains', async () => {
      await stock.restore(item, level(0, 1));
      await stock.reserve(item, ann, 1);
      await stock.reserve(item, bob, 1);
      // Both are committed, Ann's first; Bob's instance is the faster one.
      await buy(bob, 2, 3);
      expect(await stock.view(item)).toEqual({ ...level(2, 3), held: 0, available: 1 });
      await buy(ann, 1, 2);
      expect(await stock.view(item)).toEqual({ ...level(2, 3), held: 0, available: 1 });
    });

    it('takes over a newer level, and never an older one', async () => {
      await stock.restore(item, level(1, 5));
      await stock.reserve(item, ann, 1);
      await stock.restore(item, level(0, 5));
      await stock.restore(item, level(0, 4));
      expect(await stock.view(item)).toEqual({ ...level(1, 5), held: 1, available: 1 });
      await stock.restore(item, level(2, 6));
      expect(await stock.view(item)).toEqual({ ...level(2, 6), held: 0, available: 1 });
    });

    it('is told again after it has lost everything', async () => {
      await stock.restore(item, level(1, 5));
      await harness.lose();
      expect(await stock.reserve(item, ann, 1)).toBe('unknown');
      await buy(ann, 2, 6);
      expect(await stock.view(item)).toEqual({ ...level(2, 6), held: 0, available: 1 });
    });

    it('never lets 500 parallel purchases hold more than there is', async () => {
      await stock.restore(item, level(0, 1, 100));
      const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => stock.reserve(item, `buyer-${i}`, 1)));
      expect(answers.filter((answer) => answer === 'reserved')).toHaveLength(100);
      expect(await stock.view(item)).toMatchObject({ sold: 0, held: 100, available: 0 });
    });
  });
}
