import { SystemClock } from '#platform/clock.js';
import { describeStock } from '../testing/stock-suite.js';
import { HeldUnits } from './held-units.js';
import { InProcessStock } from './in-process-stock.js';

const stocks: InProcessStock[] = [];

describeStock('memory', {
  open: async (holdMs) => {
    const stock = new InProcessStock(new SystemClock(), holdMs);
    stocks.push(stock);
    return stock;
  },
  lose: async () => {
    for (const stock of stocks) stock.forgetAll();
  },
});

it('frees only the holds that have expired', () => {
  const item = new HeldUnits({ quantity: 2, sold: 0, revision: 1 });
  item.reserve('ann', 1, 0, 100);
  item.reserve('bob', 1, 50, 150);
  expect(item.reserve('cat', 1, 99, 199)).toBe('contested');
  expect(item.reserve('cat', 1, 100, 200)).toBe('reserved');
  expect(item.reserve('dan', 1, 149, 249)).toBe('contested');
});

it('keeps no more items than it may', async () => {
  const bounded = new InProcessStock(new SystemClock());
  for (let item = 0; item < 11_000; item += 1) {
    await bounded.restore(`item-${item}`, { quantity: 2, sold: 0, revision: 1 });
  }
  expect(bounded.size).toBe(10_000);
});
