import type { Admin } from 'kafkajs';

export interface GroupLag {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Records that the group has not yet committed; the markers of transactions count. */
  readonly lag: number;
}

/** Of one answer: an administrator who lets thousands of groups in has other tools. */
const MAX_GROUPS = 200;

/** How far every consumer group that has read from the topic is behind its end. Rejects when Kafka does not answer. */
export async function groupLags(admin: Admin, topic: string): Promise<GroupLag[]> {
  const [ends, { groups }] = await Promise.all([admin.fetchTopicOffsets(topic), admin.listGroups()]);
  const end = new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
  const consumers = groups.filter(({ protocolType }) => protocolType === 'consumer').slice(0, MAX_GROUPS);
  const lags: GroupLag[] = [];
  for (const { groupId: group } of consumers) {
    const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    for (const { partition, offset } of committed?.partitions ?? []) {
      // Minus one: the group has nothing committed there, because it never read from it.
      if (offset === '-1') continue;
      const lag = Number((end.get(partition) ?? 0n) - BigInt(offset));
      lags.push({ group, topic, partition, lag: Math.max(0, lag) });
    }
  }
  return lags;
}
