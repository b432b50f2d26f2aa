import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { EventStore } from '#event-store/event-store.js';
import { AvroFormat } from '#messaging/avro/avro-format.js';
import { SchemaRegistry } from '#messaging/avro/schema-registry.js';
import { jsonFormat } from '#messaging/event-format.js';
import { kafkaClient } from '#messaging/kafka/connection.js';
import { KafkaTopic } from '#messaging/kafka/kafka-topic.js';
import type { BidderAliases } from '#platform/bidder-aliases.js';
import type { Clock } from '#platform/clock.js';
import type { KafkaSettings } from './kafka-settings.js';
import { Relay } from './relay.js';
import { RelayMetrics } from './relay-metrics.js';

const TAKE_OVER_MS = 10_000;

export interface RelayParts {
  readonly store: EventStore;
  readonly aliases: BidderAliases;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Starts the relay to Kafka. It needs no Kafka to start: what is stored waits for it. */
export function startRelay({ connection, topic, partitions, schemaRegistry }: KafkaSettings, parts: RelayParts): Relay {
  const { store, aliases, registry, clock, log } = parts;
  const metrics = new RelayMetrics(registry);
  const onWarning = (message: string) => log.warn({ topic }, message);
  const relay = new Relay({
    store,
    topic: new KafkaTopic(kafkaClient(connection, log, 'gavel-relay'), { topic, partitions, onWarning }),
    aliasOf: aliases.of,
    format: schemaRegistry === undefined ? jsonFormat : new AvroFormat(new SchemaRegistry(schemaRegistry), topic),
    log,
    takeOverMs: TAKE_OVER_MS,
    onCommit: (events, milliseconds) => metrics.committed(events, milliseconds),
  });
  metrics.watch(relay, store, clock);
  relay.start();
  return relay;
}
