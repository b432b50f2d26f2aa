import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { kafkaClient } from '#messaging/kafka/connection.js';
import { groupLags } from '#messaging/kafka/group-lags.js';
import { GroupLagMetrics } from './group-lag-metrics.js';
import type { KafkaSettings } from './kafka-settings.js';

export interface WatchedGroups {
  close(): Promise<void>;
}

/** Tells how far partners' consumer groups are behind. Needs the right to describe groups and the topic. */
export function watchGroups({ connection, topic }: KafkaSettings, registry: Registry, log: Logger): WatchedGroups {
  const admin = kafkaClient(connection, log, 'gavel-lag').admin();
  let connected = false;
  new GroupLagMetrics(registry, async () => {
    if (!connected) await admin.connect();
    connected = true;
    return groupLags(admin, topic);
  });
  return { close: () => admin.disconnect().catch(() => undefined) };
}
