import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import type { Position } from '#event-store/event-store.js';
import { noFacts, note } from './analysis.js';
import type { SpeedRecords } from './analytics-store.js';
import { contributionOf } from './contribution.js';

/** An event of Kafka with its place in the event store; null: written by a Gavel that did not tell it. */
export interface PlacedEvent {
  readonly event: PublicEvent;
  readonly position: Position | null;
}

/** What records of one partition, in their order, add to the speed layer. Without a position a batch counts the event. */
export function speedRecords(
  place: Pick<SpeedRecords, 'topic' | 'partition' | 'next'>,
  events: readonly PlacedEvent[],
): SpeedRecords {
  const facts = noFacts();
  const contributions: SpeedRecords['contributions'][number][] = [];
  for (const { event, position } of events) {
    note(facts, event);
    const contribution = contributionOf(event);
    if (contribution !== null && position !== null) contributions.push({ ...contribution, position });
  }
  const last = events.findLast(({ position }) => position !== null);
  const newestAt = last === undefined ? null : Date.parse(last.event.timestamp);
  return { ...place, contributions, facts, position: last?.position ?? null, newestAt };
}
