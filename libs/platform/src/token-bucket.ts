/** Lets through a burst, and so many a second in the long run. */
export class TokenBucket {
  private tokens: number;
  private at: number | null = null;

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
  ) {
    this.tokens = burst;
  }

  /** `nowMs`: of a clock that does not jump. What is not let through costs nothing. */
  take(nowMs: number): boolean {
    if (!this.holds(nowMs)) return false;
    this.tokens -= 1;
    return true;
  }

  /** Whether one more is let through now. */
  holds(nowMs: number): boolean {
    const passed = this.at === null ? 0 : nowMs - this.at;
    this.at = nowMs;
    this.tokens = Math.min(this.burst, this.tokens + (passed / 1_000) * this.perSecond);
    return this.tokens >= 1;
  }

  /** Whole seconds from the last look until one more is let through. */
  secondsUntilNext(): number {
    return Math.max(0, Math.ceil((1 - this.tokens) / this.perSecond));
  }
}
