import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AnalyticsAnswer } from '#contracts/http/analytics.js';
import { comparePositions, type Position } from '#event-store/event-store.js';
import type { AnalyticsStore } from './analytics-store.js';
import type { BatchLayer } from './batch-layer.js';
import { MergedView } from './merged-view.js';
import type { SpeedLayer } from './speed-layer.js';
import type { WindowRange } from './windows.js';

/** A batch follows the one before it after so long, milliseconds. */
const BATCH_EVERY_MS = 600_000;
/** And while Kafka is not read. */
const BATCH_AWAY_MS = 15_000;
/** And as soon as the speed layer holds so many events. */
const MAX_SPEED_EVENTS = 20_000;
/** All of it is computed anew. */
const RECOMPUTE_EVERY_MS = 86_400_000;
const LOOK_MS = 1_000;

export interface AnalyticsParts {
  readonly analytics: AnalyticsStore;
  readonly batch: BatchLayer;
  readonly speed: SpeedLayer;
  readonly log: Pick<Logger, 'warn'>;
}

/** Counts by windows of time: what the event store has up to a position, and behind it what came from Kafka. */
export class Analytics {
  private readonly stopping = new AbortController();
  private readonly view: MergedView;
  private running: Promise<unknown> = Promise.resolve();
  private batchFailure: string | null = null;

  constructor(private readonly parts: AnalyticsParts) {
    this.view = new MergedView(parts.analytics.file);
  }

  start(): void {
    const { signal } = this.stopping;
    this.running = Promise.all([this.parts.speed.run(signal), this.runBatches(signal)]);
  }

  /** Why the counts do not go on; null: they do. */
  get failure(): string | null {
    return this.batchFailure ?? this.parts.speed.failure;
  }

  /** The newest event that either layer has counted or passed over. */
  get position(): Position | null {
    const { analytics } = this.parts;
    const { position } = analytics.serving();
    const seen = analytics.seen();
    if (position === null || seen === null) return position ?? seen;
    return comparePositions(position, seen) >= 0 ? position : seen;
  }

  /** Of all auctions, or of one. */
  async read(range: WindowRange, auctionId: string | null): Promise<AnalyticsAnswer> {
    return { ...(await this.view.read(range, auctionId)), live: this.parts.speed.live };
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.view.close();
    this.parts.analytics.close();
  }

  private async runBatches(signal: AbortSignal): Promise<void> {
    for (let recomputedAt = performance.now(); !signal.aborted; ) {
      try {
        if (performance.now() - recomputedAt < RECOMPUTE_EVERY_MS) await this.parts.batch.extend(signal);
        else {
          await this.parts.batch.recompute(signal);
          recomputedAt = performance.now();
        }
        this.batchFailure = null;
      } catch (err) {
        this.batchFailure = `no batch can be computed: ${(err as Error).message}`;
        this.parts.log.warn({ err }, 'no batch can be computed, trying again');
      }
      await this.untilDue(signal);
    }
  }

  private async untilDue(signal: AbortSignal): Promise<void> {
    const since = performance.now();
    const { speed, analytics } = this.parts;
    while (!signal.aborted) {
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
      const every = speed.live && this.batchFailure === null ? BATCH_EVERY_MS : BATCH_AWAY_MS;
      if (performance.now() - since >= every || analytics.speedEvents() >= MAX_SPEED_EVENTS) return;
    }
  }
}
