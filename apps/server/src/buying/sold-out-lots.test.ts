import { SoldOutLots } from './sold-out-lots.js';

describe('lots that are sold out', () => {
  it('are known for a minute, then the stream is asked again', () => {
    let now = 0;
    const lots = new SoldOutLots(() => now);
    lots.add('a');
    now = 30_000;
    lots.add('b');
    lots.add('a');
    now = 89_999;
    expect([lots.has('a'), lots.has('b'), lots.has('c')]).toEqual([true, true, false]);
    now = 90_000;
    expect([lots.has('a'), lots.has('b')]).toEqual([false, false]);
    lots.forgetIdle();
    expect(lots.size).toBe(0);
  });

  it('are forgotten, the oldest first, when they are too many', () => {
    const lots = new SoldOutLots(() => 0);
    for (let i = 0; i <= 10_000; i += 1) lots.add(`lot-${i}`);
    expect([lots.size, lots.has('lot-0'), lots.has('lot-1'), lots.has('lot-10000')]).toEqual([
      10_000,
      false,
      true,
      true,
    ]);
  });
});
