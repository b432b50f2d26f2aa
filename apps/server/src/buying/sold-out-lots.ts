import { LRUCache } from 'lru-cache';

/** Lots that are remembered; of any other one the stock or the stream is asked. */
const LOTS = 10_000;
/** After so long the stream is asked once more, milliseconds. */
const TRUST_MS = 60_000;

/** Lots of which a revision of the stream has said that every unit is sold. That is final, so whoever asks is answered from here. */
export class SoldOutLots {
  private readonly lots = new LRUCache<string, true>({ max: LOTS, ttl: TRUST_MS });

  has(lotId: string): boolean {
    return this.lots.has(lotId);
  }

  add(lotId: string): void {
    this.lots.set(lotId, true);
  }

  forgetIdle(): void {
    this.lots.purgeStale();
  }
}
