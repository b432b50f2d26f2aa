import avro from 'avsc';
import { avroSchemaOf } from '#contracts/public-events/avro-schema.js';
import type { PublicEventDefinition } from '#contracts/public-events/define-public-event.js';
import { type PublicEvent, publicDefinitions } from '#contracts/public-events/public-catalogue.js';
import type { EventFormat } from '../event-format.js';
import type { SchemaRegistry } from './schema-registry.js';

export const AVRO_CONTENT_TYPE = 'application/avro';
const MAGIC_BYTE = 0;
export const PREFIX_BYTES = 5;

/**
 * Values in Avro, as Confluent's clients frame them: a zero byte, the id of the schema in four bytes, the record. Several types lie in
 * one topic, so a subject is named after both, <topic>-gavel.events.<type> (TopicRecordNameStrategy): each type has versions of its own,
 * and two topics do not share them.
 */
export class AvroFormat implements EventFormat {
  readonly contentType = AVRO_CONTENT_TYPE;
  private encoders = new Map<string, (event: PublicEvent) => Buffer>();

  constructor(
    private readonly registry: SchemaRegistry,
    private readonly topic: string,
    private readonly definitions: readonly PublicEventDefinition[] = publicDefinitions,
  ) {}

  /** Asks for the ids of all types at once, so that no event waits for the registry later, be it there or not. */
  async prepare(): Promise<void> {
    if (this.encoders.size > 0) return;
    const encoders = new Map<string, (event: PublicEvent) => Buffer>();
    for (const definition of this.definitions) {
      const schema = avroSchemaOf(definition);
      const id = await this.registry.idOf(`${this.topic}-${schema.namespace}.${schema.name}`, schema);
      encoders.set(definition.type, encoder(schema, id));
    }
    this.encoders = encoders;
  }

  encode(event: PublicEvent): Buffer {
    const encode = this.encoders.get(event.eventType);
    if (encode === undefined) throw new Error(`no schema of ${event.eventType} is registered`);
    return encode(event);
  }
}

function encoder(schema: object, id: number): (event: PublicEvent) => Buffer {
  const type = avro.Type.forSchema(schema as avro.Schema);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt8(MAGIC_BYTE);
  prefix.writeUInt32BE(id, 1);
  return (event) => Buffer.concat([prefix, type.toBuffer(event)]);
}
