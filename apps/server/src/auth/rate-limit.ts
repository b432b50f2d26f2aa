import { LRUCache } from 'lru-cache';
import { TokenBucket } from '#platform/token-bucket.js';
import { ProblemAnswer } from '../http/problems.js';

/** What may come at once: so many seconds' worth, as whoever opens a sale or a page sends it. */
const BURST_SECONDS = 10;
/** Callers whose buckets are kept, a hundred bytes each: whoever came least recently begins anew. */
export const CALLERS = 50_000;

/**
 * So many requests a second for each principal, and now and then a burst. In this process. Not by windows, in which whoever has used up
 * one gets nothing until the next, though some would fit.
 */
export class RateLimit {
  private readonly buckets: LRUCache<string, TokenBucket>;

  /** `perSecond` requests; `now`: milliseconds of a clock that does not jump. */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    // After so long without a request a bucket is full again: as good as a new one.
    const ttl = BURST_SECONDS * 1_000;
    this.buckets = new LRUCache({ max: CALLERS, ttl, ttlResolution: 0, updateAgeOnGet: true, perf: { now } });
  }

  /** Throws 429 with `Retry-After` when `who` has used up its share. */
  spend(who: string): void {
    const bucket = this.buckets.get(who) ?? this.newBucket(who);
    if (!bucket.take(this.now())) throw limited(bucket);
  }

  /** As `spend`, but takes nothing: for what is to be done only while there is something left. */
  check(who: string): void {
    const bucket = this.buckets.get(who);
    if (bucket !== undefined && !bucket.holds(this.now())) throw limited(bucket);
  }

  private newBucket(who: string): TokenBucket {
    const bucket = new TokenBucket(BURST_SECONDS * this.perSecond, this.perSecond);
    this.buckets.set(who, bucket);
    return bucket;
  }
}

const limited = (bucket: TokenBucket): ProblemAnswer =>
  new ProblemAnswer(429, 'rate-limited', 'Too many requests.', { retryAfterSeconds: bucket.secondsUntilNext() });
