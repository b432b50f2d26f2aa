import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import type { TopicRecord } from './checkpointed-topic.js';
import { type EventFormat, jsonFormat } from './event-format.js';

/** CloudEvents' `source`: where the events come from. */
export const EVENT_SOURCE = '/gavel';

/** Its place in the event store, an extension attribute of CloudEvents. */
export const POSITION_HEADER = 'ce_position';

/** A public event on Kafka: CloudEvents 1.0, Kafka binding, binary mode; the whole envelope is the value. */
export function eventRecord(event: PublicEvent, format: EventFormat = jsonFormat, position?: string): TopicRecord {
  return {
    key: event.auctionId,
    value: format.encode(event),
    headers: {
      ce_specversion: '1.0',
      ce_id: event.eventId,
      ce_type: event.eventType,
      ce_source: EVENT_SOURCE,
      ce_time: event.timestamp,
      ...(position !== undefined && { [POSITION_HEADER]: position }),
      'content-type': format.contentType,
    },
  };
}
