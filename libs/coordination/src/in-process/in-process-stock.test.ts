import { SystemClock } from '#platform/clock.js';
import { describeStock } from '../testing/stock-suite.js';
import { InProcessStock } from './in-process-stock.js';

let stock: InProcessStock;

describeStock('memory', {
  open: async (holdMs) => {
    stock = new InProcessStock(new SystemClock(), holdMs);
    return stock;
  },
  lose: async () => stock.forgetAll(),
});

it('keeps no more items than it may', async () => {
  const bounded = new InProcessStock(new SystemClock());
  for (let item = 0; item < 11_000; item += 1) {
    await bounded.restore(`item-${item}`, { quantity: 2, sold: 0, revision: 1 });
  }
  expect(bounded.size).toBe(10_000);
});
