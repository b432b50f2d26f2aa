import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

describe('a token bucket', () => {
  it('lets a burst through at once, then so many a second', () => {
    const bucket = new TokenBucket(3, 2);
    const taken = [0, 0, 0, 0, 499, 500, 500, 1_000].map((at) => bucket.take(at));
    expect(taken).toEqual([true, true, true, false, false, true, false, true]);
  });

  it('never holds more than the burst', () => {
    const bucket = new TokenBucket(3, 2);
    bucket.take(0);
    expect([1, 2, 3, 4].map(() => bucket.take(1_000_000))).toEqual([true, true, true, false]);
  });

  it('tells the whole seconds until one more is let through', () => {
    const slow = new TokenBucket(1, 0.25);
    slow.take(0);
    expect(slow.secondsUntilNext()).toBe(4);
    slow.take(1_500);
    expect(slow.secondsUntilNext()).toBe(3);
    expect(slow.take(4_500)).toBe(true);
    expect(new TokenBucket(1, 1).secondsUntilNext()).toBe(0);
  });

  it('lets through no more than the burst and what has come since, whenever it is asked', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(pauses, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 50 }), (waits, burst, rate) => {
        const bucket = new TokenBucket(burst, rate);
        let [now, taken] = [0, 0];
        for (const wait of waits) {
          now += wait;
          if (bucket.take(now)) taken += 1;
        }
        return taken <= burst + (now / 1_000) * rate + 1e-6;
      }),
    );
  });
});
