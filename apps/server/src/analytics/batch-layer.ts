import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import { publicEventOf, publishedTypes } from '#contracts/public-events/public-event-of.js';
import { comparePositions, type EventReader, type Position } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import { compare } from '../feed/public-log.js';
import { analysisOf } from './analysis.js';
import type { AnalyticsStore, Batch } from './analytics-store.js';

/** Counted in one transaction: a few milliseconds. */
const EVENTS_A_CHUNK = 250;

/** No count asks who somebody is. */
const nobody = (): string => '';

/** Counts the public events of the event store, which is the truth, in chunks that hold up nothing else. One call at a time. */
export class BatchLayer {
  constructor(
    private readonly store: Pick<EventReader, 'readAll' | 'head'>,
    private readonly analytics: AnalyticsStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Brings the serving batch to the end of the store. What is stored never changes, so this equals a recomputation. */
  async extend(signal: AbortSignal): Promise<void> {
    const serving = this.analytics.serving();
    if (await this.isAhead(serving.position)) return this.recompute(signal);
    await this.countUpToEnd(serving, signal);
    while (!signal.aborted && this.analytics.sweep()) await turn();
  }

  /** Counts everything anew beside the serving batch and swaps it in. */
  async recompute(signal: AbortSignal): Promise<void> {
    while (this.analytics.sweep()) await turn();
    const before = this.analytics.serving().position;
    const anew = this.analytics.begin();
    await this.countUpToEnd(anew, signal);
    if (signal.aborted) return;
    this.analytics.swap(anew, await this.isAhead(before));
    while (!signal.aborted && this.analytics.sweep()) await turn();
  }

  /** The store has nothing at this position: it was restored from an older backup, or is another one. */
  private async isAhead(position: Position | null): Promise<boolean> {
    return position !== null && comparePositions(position, (await this.store.head()) ?? '0') > 0;
  }

  private async countUpToEnd(batch: Batch, signal: AbortSignal): Promise<void> {
    for (let { position } = batch, more = true; more && !signal.aborted; await turn()) {
      // Asked before the events: what it covers was stored before they were read.
      const head = await this.store.head();
      const stored = await this.store.readAll(position, EVENTS_A_CHUNK, publishedTypes);
      more = stored.length === EVENTS_A_CHUNK;
      const last = stored.at(-1)?.position ?? position;
      position = more || compare(last, head) > 0 ? last : head;
      if (position === null) return;
      const events = stored.map((event) => publicEventOf(event, nobody)).filter((event) => event !== null);
      this.analytics.advance(batch, analysisOf(events as PublicEvent[]), position, this.clock.now());
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
