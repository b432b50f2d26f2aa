import type { ProblemAnswer } from '../http/problems.js';
import { CALLERS, RateLimit } from './rate-limit.js';

describe('the rate limit', () => {
  let now: number;
  beforeEach(() => {
    now = 50_000;
  });
  const limitOf = (perSecond: number) => new RateLimit(perSecond, () => now);

  /** Null when the request is let through, else the seconds of `Retry-After`. */
  function refusal(limit: RateLimit, who = 'bidder:ada'): number | null {
    try {
      limit.spend(who);
      return null;
    } catch (thrown) {
      const { status, code, more } = thrown as ProblemAnswer;
      expect([status, code]).toEqual([429, 'rate-limited']);
      return more.retryAfterSeconds ?? null;
    }
  }
  const passed = (limit: RateLimit, requests: number, who?: string): number =>
    Array.from({ length: requests }, () => refusal(limit, who)).filter((seconds) => seconds === null).length;

  it.each([
    [100, 1_000],
    [3, 30],
    [1, 10],
  ])('of %d a second lets %d requests through at once', (perSecond, burst) => {
    expect(passed(limitOf(perSecond), 2_000)).toBe(burst);
  });

  it('lets through what fits as soon as it fits, and says when that is', () => {
    const limit = limitOf(100);
    passed(limit, 1_000);
    expect(refusal(limit)).toBe(1);
    now += 10;
    expect(passed(limit, 5)).toBe(1);
    now += 1_000;
    expect(passed(limit, 1_000)).toBe(100);
  });

  it('shuts nobody out who asks for more than it allows: of 150 a second 100 come through, in every second', () => {
    const limit = limitOf(100);
    const seconds = Array.from({ length: 60 }, () => {
      let through = 0;
      for (let n = 0; n < 150; n += 1) {
        now += 1_000 / 150;
        through += passed(limit, 1);
      }
      return through;
    });
    // The burst lasts for twenty seconds: it loses 50 in each.
    expect(seconds.slice(0, 3)).toEqual([150, 150, 150]);
    for (const through of seconds.slice(21)) expect(Math.abs(through - 100)).toBeLessThanOrEqual(1);
  });

  it('counts each caller for itself', () => {
    const limit = limitOf(1);
    expect(passed(limit, 20)).toBe(10);
    expect(passed(limit, 20, 'bidder:ben')).toBe(10);
  });

  it('forgets nobody whose share is not whole again', () => {
    const limit = limitOf(1);
    for (let caller = 0; caller < 100; caller += 1) {
      now += 1_000;
      passed(limit, 1, `address:${caller}`);
      expect(passed(limit, 20)).toBe(caller === 0 ? 10 : 1);
    }
    now += 10_000;
    expect(passed(limit, 20)).toBe(10);
  });

  it('keeps as many callers as it can, those who came last', () => {
    const limit = limitOf(1);
    passed(limit, 10);
    for (let caller = 0; caller < CALLERS; caller += 1) limit.spend(`address:${caller}`);
    expect(passed(limit, 20)).toBe(10);
    expect(passed(limit, 20, `address:${CALLERS - 1}`)).toBe(9);
  });
});
