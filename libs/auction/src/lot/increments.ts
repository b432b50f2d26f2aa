import type { Money } from '#contracts/money.js';
import type { IncrementTable } from '#contracts/terms.js';

const table = (...bands: [from: Money, step: Money][]): IncrementTable => bands.map(([from, step]) => ({ from, step }));

/**
 * Increment tables by name, in minor units. Sources: eBay's bid-increment table for US dollars; the table that Copart and its
 * CrashedToys show on a lot's page, in euros and US dollars (read in November 2026); Trade Me's help page "Placing a bid", New
 * Zealand dollars (read in November 2026). A lot keeps the table it was listed with, so a change here moves no
 * price of the past.
 */
export const incrementPresets = {
  ebay: table(
    [0, 5],
    [100, 25],
    [500, 50],
    [2_500, 100],
    [10_000, 250],
    [25_000, 500],
    [50_000, 1_000],
    [100_000, 2_500],
    [250_000, 5_000],
    [500_000, 10_000],
  ),
  'trade-me': table([0, 50], [2_000, 100], [20_000, 500], [100_000, 1_000], [500_000, 5_000], [2_500_000, 10_000]),
  copart: table(
    [0, 100],
    [500, 500],
    [4_000, 1_000],
    [10_000, 2_500],
    [100_000, 5_000],
    [500_000, 10_000],
    [2_500_000, 25_000],
    [5_000_000, 50_000],
    [10_000_000, 100_000],
  ),
} as const satisfies Record<string, IncrementTable>;

/** The step at a visible price. The table begins at 0 and its bands rise (`isIncrementTable`). */
export function incrementAt(increments: IncrementTable, price: Money): Money {
  let step = 0;
  for (const band of increments) {
    if (price < band.from) break;
    step = band.step;
  }
  return step;
}

/** Whether every price has a step: the first band begins at 0 and the others strictly rise. */
export const isIncrementTable = (increments: IncrementTable): boolean =>
  increments[0]?.from === 0 && increments.every((band, i) => i === 0 || band.from > (increments[i - 1]?.from ?? 0));
