import { Gauge, type Registry } from 'prom-client';
import type { GroupLag } from '#messaging/kafka/group-lags.js';

/** Asked of Kafka no oftener, milliseconds: a scrape is not to load the brokers. */
const FRESH_MS = 10_000;
/** A scrape waits no longer for Kafka: then what was measured last stands. */
const PATIENCE_MS = 3_000;

/** How far the consumer groups are behind, for Prometheus: measured when it is read. */
export class GroupLagMetrics {
  private readonly lag: Gauge;
  private measuring: Promise<void> | null = null;
  private measuredAt = Number.NEGATIVE_INFINITY;

  constructor(
    registry: Registry,
    private readonly measure: () => Promise<readonly GroupLag[]>,
  ) {
    this.lag = new Gauge({
      name: 'gavel_consumer_lag',
      help: 'Records of the topic that a consumer group has not yet committed',
      labelNames: ['group', 'topic', 'partition'],
      registers: [registry],
      collect: () => this.collect(),
    });
  }

  private async collect(): Promise<void> {
    if (performance.now() - this.measuredAt < FRESH_MS) return;
    this.measuring ??= this.refresh().finally(() => {
      this.measuring = null;
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.measuring, patience]);
    clearTimeout(timer);
  }

  /** While Kafka is away nothing new is known; the relay's own lag tells that it is. */
  private async refresh(): Promise<void> {
    const lags = await this.measure().catch(() => null);
    if (lags === null) return;
    this.lag.reset();
    for (const { group, topic, partition, lag } of lags) this.lag.set({ group, topic, partition }, lag);
    this.measuredAt = performance.now();
  }
}
