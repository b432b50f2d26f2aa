import { nextAttempt, retryAfter } from './retry-schedule.js';

const HOURS = 3_600_000;
const now = Date.UTC(2026, 2, 1);

describe('a delivery that failed', () => {
  it('is tried again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, then never', () => {
    const delays = Array.from({ length: 10 }, (_, i) => nextAttempt(i + 1, 0, null, () => 0));
    const hours = [2, 5, 10, 14, 20, 24].map((count) => count * HOURS);
    expect(delays).toEqual([5_000, 300_000, 1_800_000, ...hours, null]);
  });

  it('waits up to a fifth longer, by chance', () => {
    expect(nextAttempt(1, now, null, () => 0.5)).toBe(now + 5_500);
    expect(nextAttempt(9, now, null, () => 1)).toBe(now + 28.8 * HOURS);
  });

  it('waits as long as the endpoint asks, at most a day, and no less than the schedule says', () => {
    expect(nextAttempt(1, now, 60_000, () => 0)).toBe(now + 60_000);
    expect(nextAttempt(2, now, 60_000, () => 0)).toBe(now + 300_000);
    expect(nextAttempt(1, now, 1_000 * HOURS, () => 0)).toBe(now + 24 * HOURS);
    expect(nextAttempt(10, now, 60_000, () => 0)).toBeNull();
  });
});

describe('Retry-After', () => {
  it('is given in seconds or as a date', () => {
    expect(retryAfter('120', now)).toBe(120_000);
    expect(retryAfter(new Date(now + 5_000).toUTCString(), now)).toBe(5_000);
  });

  it.each([[undefined], ['0'], ['soon'], ['-5'], [new Date(now - 5_000).toUTCString()]])(
    'asks for nothing as %s',
    (header) => expect(retryAfter(header, now)).toBeNull(),
  );

  it('asks for a day at most', () => expect(retryAfter('999999999', now)).toBe(24 * HOURS));
});
