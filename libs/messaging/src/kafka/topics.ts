import type { Admin, ITopicConfig } from 'kafkajs';
import { TopicUnusable } from '../checkpointed-topic.js';

/** Of Kafka's protocol; the client exports its name only where its types are. */
const TOPIC_RESOURCE = 2;
/** Seven days: how long partners may be away. */
const RETENTION_MS = 604_800_000;
/** Kafka's default, whatever the default of the brokers: what writers may send at once for one partition, bytes. */
export const MAX_MESSAGE_BYTES = 1_048_588;

export interface TopicNames {
  /** Where the records go. */
  readonly events: string;
  /** How far the writer came, compacted. */
  readonly checkpoints: string;
}

export const checkpointTopicOf = (events: string): string => `${events}-checkpoint`;

/**
 * Makes the topics that are missing. Throws TopicUnusable when the one with the events has another number of partitions: a key would
 * go to another partition than the records before it, and their order would be lost. And when the checkpoints are not kept: with the
 * last of them everything would be written once more.
 */
export async function prepareTopics(admin: Admin, names: TopicNames, partitions: number): Promise<void> {
  const { events, checkpoints } = names;
  const topics: ITopicConfig[] = [
    {
      topic: events,
      numPartitions: partitions,
      configEntries: [
        { name: 'retention.ms', value: String(RETENTION_MS) },
        { name: 'cleanup.policy', value: 'delete' },
        { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
      ],
    },
    {
      topic: checkpoints,
      numPartitions: 1,
      configEntries: [
        { name: 'cleanup.policy', value: 'compact' },
        // Small segments: only what is in a closed one is compacted.
        { name: 'segment.bytes', value: String(16 * 1024 * 1024) },
      ],
    },
  ];
  const present = await admin.listTopics();
  const missing = topics.filter(({ topic }) => !present.includes(topic));
  // The replication is the broker's default: how many brokers there are is for the operator to know.
  if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true });
  const { topics: found } = await admin.fetchTopicMetadata({ topics: [events, checkpoints] });
  for (const [topic, expected] of [
    [events, partitions],
    [checkpoints, 1],
  ] as const) {
    const actual = found.find(({ name }) => name === topic)?.partitions.length;
    if (actual !== expected) throw new TopicUnusable(wrongCount(topic, actual ?? 0, expected));
  }
  const policy = await cleanupPolicyOf(admin, checkpoints);
  if (policy !== null && policy !== 'compact') {
    throw new TopicUnusable(
      `topic ${checkpoints} has cleanup.policy=${policy} instead of compact: checkpoints would be lost`,
    );
  }
}

/** Null: this client may not ask. */
async function cleanupPolicyOf(admin: Admin, topic: string): Promise<string | null> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: ['cleanup.policy'] }],
    });
    return resources[0]?.configEntries[0]?.configValue ?? null;
  } catch (error) {
    if ((error as { type?: string }).type === 'TOPIC_AUTHORIZATION_FAILED') return null;
    throw error;
  }
}

const wrongCount = (topic: string, actual: number, expected: number): string =>
  `topic ${topic} has ${actual} partitions instead of ${expected}: keys would move between partitions and lose their order; set ` +
  `KAFKA_PARTITIONS=${actual} if it was made so, else delete or rename the topic`;
