/** Lots that are remembered; of any other one the stock or the stream is asked. */
const LOTS = 10_000;
/** After so long the stream is asked once more, milliseconds. */
const TRUST_MS = 60_000;

/**
 * Lots of which a revision of the stream has said that every unit is sold. That is final, so whoever asks is answered from here. Bare of
 * everything that a cache could do besides: a crowd in front of a sold-out lot does nothing else but ask.
 */
export class SoldOutLots {
  /** Until when, by lot; in the order of that. */
  private readonly trustedUntil = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  has(lotId: string): boolean {
    const until = this.trustedUntil.get(lotId);
    return until !== undefined && this.now() < until;
  }

  add(lotId: string): void {
    this.trustedUntil.delete(lotId);
    this.trustedUntil.set(lotId, this.now() + TRUST_MS);
    const [oldest] = this.trustedUntil.keys();
    if (this.trustedUntil.size > LOTS && oldest !== undefined) this.trustedUntil.delete(oldest);
  }

  forgetIdle(): void {
    const now = this.now();
    for (const [lotId, until] of this.trustedUntil) {
      if (now < until) return;
      this.trustedUntil.delete(lotId);
    }
  }

  /** Lots that are remembered. */
  get size(): number {
    return this.trustedUntil.size;
  }
}
