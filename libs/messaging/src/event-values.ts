import avro from 'avsc';
import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import { AVRO_CONTENT_TYPE, PREFIX_BYTES } from './avro/avro-format.js';
import type { SchemaRegistry } from './avro/schema-registry.js';

/** Reads what an EventFormat wrote. A topic may hold both: the settings of the relay changed at some time. */
export class EventValues {
  private readonly types = new Map<number, avro.Type>();

  /** `registry`: null where there are no values in Avro. */
  constructor(private readonly registry: Pick<SchemaRegistry, 'schemaOf'> | null) {}

  /** Rejects for a value that cannot be read, or whose schema cannot be fetched. */
  async decode(value: Buffer, contentType: string | undefined): Promise<PublicEvent> {
    if (contentType !== AVRO_CONTENT_TYPE) return JSON.parse(value.toString());
    const type = await this.typeOf(value.readUInt32BE(1));
    return type.fromBuffer(value.subarray(PREFIX_BYTES));
  }

  private async typeOf(id: number): Promise<avro.Type> {
    const known = this.types.get(id);
    if (known !== undefined) return known;
    if (this.registry === null) throw new Error('a value is in Avro, and SCHEMA_REGISTRY_URL is not set');
    const type = avro.Type.forSchema(JSON.parse(await this.registry.schemaOf(id)));
    this.types.set(id, type);
    return type;
  }
}
