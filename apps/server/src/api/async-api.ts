import Type from 'typebox';
import { avroSchemaOf } from '#contracts/public-events/avro-schema.js';
import type { PublicEventDefinition } from '#contracts/public-events/define-public-event.js';
import { publicDefinitions } from '#contracts/public-events/public-catalogue.js';
import { AVRO_CONTENT_TYPE } from '#messaging/avro/avro-format.js';
import { jsonFormat } from '#messaging/event-format.js';
import { EVENT_SOURCE, POSITION_HEADER } from '#messaging/event-record.js';
import type { EventsChannel } from './events-channel.js';

const AVRO_FORMAT = 'application/vnd.apache.avro+json;version=1.9.0';

const headers = (contentType: string) =>
  Type.Object({
    ce_specversion: Type.Literal('1.0'),
    ce_id: Type.String({ description: 'As eventId' }),
    ce_type: Type.String({ description: 'As eventType' }),
    ce_source: Type.Literal(EVENT_SOURCE),
    ce_time: Type.String({ format: 'date-time', description: 'As timestamp' }),
    [POSITION_HEADER]: Type.Optional(Type.String({ description: 'Place in the event store; rises within an auction' })),
    'content-type': Type.Literal(contentType),
  });

/** The JSON Schema of one public event, as partners fetch it. */
export const jsonSchemaOf = ({ type, version, meaning, schema }: PublicEventDefinition): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: type,
  description: meaning,
  'x-version': version,
  ...JSON.parse(JSON.stringify(schema)),
});

/** AsyncAPI 3.0 of what partners can consume, from the catalogue of public events. */
export function asyncApi({ topic, partitions, avro }: EventsChannel): object {
  const messages = Object.fromEntries(publicDefinitions.map((event) => [event.type, message(event, avro)]));
  const names = Object.keys(messages);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Gavel: events for partners',
      version: '1.0.0',
      description:
        'Every public event once, in order per auction, for whoever reads with isolation.level=read_committed. Money is an integer in ' +
        'minor units, times are ISO 8601 UTC. Fields may be added; ignore those that you do not know.',
    },
    defaultContentType: contentTypeOf(avro),
    channels: {
      events: {
        address: topic,
        description: 'Keyed by auctionId. Kept for seven days.',
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: {
          kafka: {
            topic,
            partitions,
            topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': 604_800_000 },
            bindingVersion: '0.5.0',
          },
        },
      },
    },
    operations: {
      publishEvents: {
        action: 'send',
        channel: { $ref: '#/channels/events' },
        summary: 'Gavel publishes what has happened in its auctions',
        messages: names.map((name) => ({ $ref: `#/channels/events/messages/${name}` })),
      },
    },
    components: { messages },
  };
}

const contentTypeOf = (avro: boolean) => (avro ? AVRO_CONTENT_TYPE : jsonFormat.contentType);

const message = (event: PublicEventDefinition, avro: boolean) => ({
  name: event.type,
  title: event.type,
  summary: event.meaning,
  contentType: contentTypeOf(avro),
  headers: JSON.parse(JSON.stringify(headers(contentTypeOf(avro)))),
  payload: avro ? { schemaFormat: AVRO_FORMAT, schema: avroSchemaOf(event) } : JSON.parse(JSON.stringify(event.schema)),
  bindings: { kafka: { key: { type: 'string', description: 'auctionId' }, bindingVersion: '0.5.0' } },
});
