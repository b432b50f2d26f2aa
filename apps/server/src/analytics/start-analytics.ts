import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type EventStore, StoreUnusable } from '#event-store/event-store.js';
import { SchemaRegistry } from '#messaging/avro/schema-registry.js';
import { EventValues } from '#messaging/event-values.js';
import { kafkaClient } from '#messaging/kafka/connection.js';
import type { Clock } from '#platform/clock.js';
import type { KafkaSettings } from '../relay/kafka-settings.js';
import { Analytics } from './analytics.js';
import { watchAnalytics } from './analytics-metrics.js';
import { AnalyticsStore } from './analytics-store.js';
import { BatchLayer } from './batch-layer.js';
import { SpeedLayer } from './speed-layer.js';

export interface AnalyticsSurroundings {
  readonly directory: string;
  readonly store: EventStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Starts both layers. Kafka may be away: then the batch layer goes on by itself. Throws StoreUnusable. */
export function startAnalytics(kafka: KafkaSettings, around: AnalyticsSurroundings): Analytics {
  const { store, registry, clock, log } = around;
  const { connection, topic, schemaRegistry } = kafka;
  const analytics = opened(join(around.directory, 'analytics.db'));
  const values = new EventValues(schemaRegistry === undefined ? null : new SchemaRegistry(schemaRegistry));
  const client = kafkaClient(connection, log, 'gavel-analytics');
  const speed = new SpeedLayer({ kafka: client, topic, values, analytics, log });
  const running = new Analytics({ analytics, batch: new BatchLayer(store, analytics, clock), speed, log });
  watchAnalytics(registry, running, store, clock);
  running.start();
  return running;
}

function opened(file: string): AnalyticsStore {
  try {
    return new AnalyticsStore(file);
  } catch (error) {
    throw new StoreUnusable(`${file} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}
