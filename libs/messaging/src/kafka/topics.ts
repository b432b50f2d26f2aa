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
 * Makes the topics that are missing, and widens one that a consumer's first look made before there was anything. Throws TopicUnusable
 * when the one with the events has another number of partitions: a key would go to another partition than the records before it, and
 * their order would be lost. And when the checkpoints are not kept: with the last of them everything would be written once more.
 * Answers what the operator should know; null: nothing.
 */
export async function prepareTopics(admin: Admin, names: TopicNames, partitions: number): Promise<string | null> {
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
  if (await isWidenable(admin, names, present, partitions)) {
    await admin.createPartitions({ topicPartitions: [{ topic: events, count: partitions }] });
  }
  const { topics: found } = await admin.fetchTopicMetadata({ topics: [events, checkpoints] });
  for (const [topic, expected] of [
    [events, partitions],
    [checkpoints, 1],
  ] as const) {
    const actual = found.find(({ name }) => name === topic)?.partitions.length;
    if (actual !== expected) throw new TopicUnusable(wrongCount(topic, actual ?? 0, expected));
  }
  for (const [topic, wanted, why] of [
    [events, 'delete', 'all but the last event of each auction would be lost'],
    [checkpoints, 'compact', 'checkpoints would be lost'],
  ] as const) {
    const policy = await settingOf(admin, topic, 'cleanup.policy');
    if (policy !== null && policy !== wanted) {
      throw new TopicUnusable(`topic ${topic} has cleanup.policy=${policy} instead of ${wanted}: ${why}`);
    }
  }
  return shortRetention(events, await settingOf(admin, events, 'retention.ms'));
}

function shortRetention(topic: string, retention: string | null): string | null {
  const milliseconds = Number(retention ?? -1);
  if (milliseconds < 0 || milliseconds >= RETENTION_MS) return null;
  return `topic ${topic} has retention.ms=${retention} instead of the ${RETENTION_MS} that partners are promised`;
}

/**
 * Fewer partitions than it must have, with no record and no checkpoint: no key has a place yet. A broker that makes topics by itself does
 * so for whoever looks first.
 */
async function isWidenable(
  admin: Admin,
  { events, checkpoints }: TopicNames,
  present: readonly string[],
  partitions: number,
): Promise<boolean> {
  if (!present.includes(events)) return false;
  const { topics } = await admin.fetchTopicMetadata({ topics: [events] });
  if ((topics[0]?.partitions.length ?? partitions) >= partitions) return false;
  return (await isEmpty(admin, events)) && (await isEmpty(admin, checkpoints));
}

async function isEmpty(admin: Admin, topic: string): Promise<boolean> {
  return (await admin.fetchTopicOffsets(topic)).every(({ high }) => high === '0');
}

/** Null: this client may not ask. */
async function settingOf(admin: Admin, topic: string, name: string): Promise<string | null> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: [name] }],
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
