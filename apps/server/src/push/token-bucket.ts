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

  /** `nowMs`: of a clock that does not jump. */
  take(nowMs: number): boolean {
    const passed = this.at === null ? 0 : nowMs - this.at;
    this.at = nowMs;
    this.tokens = Math.min(this.burst, this.tokens + (passed / 1_000) * this.perSecond);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
