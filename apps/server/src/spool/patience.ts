interface Waiting {
  readonly until: number;
  readonly giveUp: () => void;
}

/** Waits for promises so long and no longer, all of them with one timer: a timer for each bid costs as much as deciding it. */
export class Patience {
  /** In the order in which their time is over. */
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | null = null;

  /** Milliseconds. */
  constructor(private readonly ms: number) {}

  /** What the promise comes to, or null when it takes too long; then nobody hears of what it comes to. */
  within<Value>(promise: Promise<Value>): Promise<Value | null> {
    return new Promise((resolve, reject) => {
      const waiting = { until: performance.now() + this.ms, giveUp: () => resolve(null) };
      this.waiting.add(waiting);
      this.timer ??= setTimeout(this.look, this.ms).unref();
      promise.then(
        (value) => {
          this.waiting.delete(waiting);
          resolve(value);
        },
        (error: unknown) => {
          this.waiting.delete(waiting);
          reject(error);
        },
      );
    });
  }

  private readonly look = (): void => {
    this.timer = null;
    const now = performance.now();
    for (const waiting of this.waiting) {
      if (waiting.until > now) {
        this.timer = setTimeout(this.look, waiting.until - now).unref();
        return;
      }
      this.waiting.delete(waiting);
      waiting.giveUp();
    }
  };
}
