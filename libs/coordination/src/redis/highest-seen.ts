import { LRUCache } from 'lru-cache';

/** Lots whose highest number is remembered. */
const LOTS = 10_000;
const IDLE_MS = 10 * 60_000;

/** The highest number that this process has seen of each lot, drawn or stored; idle lots are forgotten. */
export class HighestSeen {
  private readonly numbers = new LRUCache<string, number>({ max: LOTS, ttl: IDLE_MS, updateAgeOnGet: true });

  /** 0 when nothing is known. */
  of(lotId: string): number {
    return this.numbers.get(lotId) ?? 0;
  }

  raise(lotId: string, sequence: number): void {
    if (sequence > this.of(lotId)) this.numbers.set(lotId, sequence);
  }

  forgetIdle(): void {
    this.numbers.purgeStale();
  }
}
