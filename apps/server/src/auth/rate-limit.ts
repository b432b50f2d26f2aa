import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { ProblemAnswer } from '../http/problems.js';

/** The average is kept over so long; inside it a burst may come all at once. */
const WINDOW_SECONDS = 10;

/** So many requests a second for each principal, and now and then a burst. In this process. */
export class RateLimit {
  private readonly limiter: RateLimiterMemory;
  private readonly share: number;

  /** `perSecond` requests. */
  constructor(perSecond: number) {
    this.share = perSecond * WINDOW_SECONDS;
    this.limiter = new RateLimiterMemory({ points: this.share, duration: WINDOW_SECONDS });
  }

  /** Throws 429 with `Retry-After` when `who` has used up its share. */
  async spend(who: string): Promise<void> {
    try {
      await this.limiter.consume(who);
    } catch (rejection) {
      if (rejection instanceof Error) throw rejection;
      throw limited(rejection as RateLimiterRes);
    }
  }

  /** As `spend`, but takes nothing: for what is to be done only while there is something left. */
  async check(who: string): Promise<void> {
    const spent = await this.limiter.get(who);
    if (spent !== null && spent.consumedPoints >= this.share) throw limited(spent);
  }
}

function limited({ msBeforeNext }: RateLimiterRes): ProblemAnswer {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new ProblemAnswer(429, 'rate-limited', 'Too many requests.', { retryAfterSeconds });
}
