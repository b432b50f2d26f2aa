import { Gauge, type Registry } from 'prom-client';
import { publishedTypes } from '#contracts/public-events/public-event-of.js';
import type { EventReader } from '#event-store/event-store.js';
import type { Clock } from '#platform/clock.js';
import type { Analytics } from './analytics.js';

/** How far analytics is behind the event store: measured when it is read, whatever holds it up. */
export function watchAnalytics(
  registry: Registry,
  analytics: Pick<Analytics, 'position'>,
  store: Pick<EventReader, 'readAll'>,
  clock: Pick<Clock, 'now'>,
): void {
  const lag: Gauge = new Gauge({
    name: 'gavel_analytics_lag_seconds',
    help: 'Age of the oldest public event that analytics has not counted; 0: there is none; NaN: unknown',
    registers: [registry],
    collect: async () => {
      const waiting = await store.readAll(analytics.position, 1, publishedTypes).catch(() => null);
      const oldest = waiting?.[0]?.recordedAt ?? clock.now();
      lag.set(waiting === null ? Number.NaN : Math.max(0, clock.now() - oldest) / 1000);
    },
  });
}
