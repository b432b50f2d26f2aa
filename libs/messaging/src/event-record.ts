import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import type { TopicRecord } from './checkpointed-topic.js';
import { type EventFormat, jsonFormat } from './event-format.js';

/** CloudEvents' `source`: where the events come from. */
export const EVENT_SOURCE = '/gavel';

/** A public event on Kafka: CloudEvents 1.0, Kafka binding, binary mode; the whole envelope is the value. */
export function eventRecord(event: PublicEvent, format: EventFormat = jsonFormat): TopicRecord {
  return {
    key: event.auctionId,
    value: format.encode(event),
    headers: {
      ce_specversion: '1.0',
      ce_id: event.eventId,
      ce_type: event.eventType,
      ce_source: EVENT_SOURCE,
      ce_time: event.timestamp,
      'content-type': format.contentType,
    },
  };
}
