import { TokenBucket } from '#platform/token-bucket.js';
import { ProblemAnswer } from '../http/problems.js';

/** What may come at once: so many seconds' worth, as whoever opens a sale or a page sends it. */
const BURST_SECONDS = 10;

/** So many requests a second for each principal, and now and then a burst. In this process. */
export class RateLimit {
  private readonly burst: number;
  /** After so long without a request a bucket is full again: as good as a new one. Milliseconds. */
  private readonly fullAfterMs: number;
  private recent = new Map<string, TokenBucket>();
  private before = new Map<string, TokenBucket>();
  private recentSince: number;

  /** `perSecond` requests; `now`: milliseconds of a clock that does not jump. */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.burst = BURST_SECONDS * perSecond;
    this.fullAfterMs = BURST_SECONDS * 1_000;
    this.recentSince = now();
  }

  /** Throws 429 with `Retry-After` when `who` has used up its share. */
  spend(who: string): void {
    const now = this.now();
    if (now - this.recentSince >= this.fullAfterMs) this.forget(now);
    const bucket = this.recent.get(who) ?? this.bring(who);
    if (!bucket.take(now)) throw limited(bucket);
  }

  /** As `spend`, but takes nothing: for what is to be done only while there is something left. */
  check(who: string): void {
    const bucket = this.recent.get(who) ?? this.before.get(who);
    if (bucket !== undefined && !bucket.holds(this.now())) throw limited(bucket);
  }

  private bring(who: string): TokenBucket {
    const bucket = this.before.get(who) ?? new TokenBucket(this.burst, this.perSecond);
    this.recent.set(who, bucket);
    return bucket;
  }

  /** Lets go of the buckets that nobody has used since the last time: callers who come once would pile up. */
  private forget(now: number): void {
    this.before = this.recent;
    this.recent = new Map();
    this.recentSince = now;
  }
}

const limited = (bucket: TokenBucket): ProblemAnswer =>
  new ProblemAnswer(429, 'rate-limited', 'Too many requests.', { retryAfterSeconds: bucket.secondsUntilNext() });
