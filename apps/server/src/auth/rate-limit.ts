import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { ProblemAnswer } from '../http/problems.js';

/** The average is kept over so long; inside it a burst may come all at once. */
const WINDOW_SECONDS = 10;

/** So many requests a second for each principal, and now and then a burst. In this process. */
export class RateLimit {
  private readonly limiter: RateLimiterMemory;

  /** `perSecond` requests. */
  constructor(perSecond: number) {
    this.limiter = new RateLimiterMemory({ points: perSecond * WINDOW_SECONDS, duration: WINDOW_SECONDS });
  }

  /** Throws 429 with `Retry-After` when `who` has used up its share. */
  async spend(who: string): Promise<void> {
    try {
      await this.limiter.consume(who);
    } catch (rejection) {
      if (rejection instanceof Error) throw rejection;
      const seconds = Math.max(1, Math.ceil((rejection as RateLimiterRes).msBeforeNext / 1000));
      throw new ProblemAnswer(429, 'rate-limited', 'Too many requests.', { retryAfterSeconds: seconds });
    }
  }
}
