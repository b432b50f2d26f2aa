import type { PublicEvent } from '#contracts/public-events/public-catalogue.js';
import { AVRO_CONTENT_TYPE, AvroFormat } from './avro/avro-format.js';
import type { SchemaRegistry } from './avro/schema-registry.js';
import { EventValues } from './event-values.js';

const id = '01890000-0000-7000-8000-0000000000a1';
const event = {
  eventId: id,
  eventType: 'LotPassed',
  auctionId: id,
  timestamp: '2026-11-23T00:00:00.000Z',
  payload: { lotId: id },
} as unknown as PublicEvent;

/** Keeps schemas by number, and counts who asks for them. */
class Schemas {
  readonly texts: string[] = [];
  asked = 0;
  async idOf(_: string, schema: object | string): Promise<number> {
    return this.texts.push(typeof schema === 'string' ? schema : JSON.stringify(schema)) - 1;
  }
  async schemaOf(schema: number): Promise<string> {
    this.asked += 1;
    return this.texts[schema] as string;
  }
}

describe('values of a topic', () => {
  it('are read as they were written, in JSON and in Avro beside each other, each schema fetched once', async () => {
    const schemas = new Schemas();
    const format = new AvroFormat(schemas as unknown as SchemaRegistry, 'sales');
    await format.prepare();
    const values = new EventValues(schemas);
    const inAvro = format.encode(event);
    for (let n = 0; n < 2; n += 1) {
      expect(JSON.parse(JSON.stringify(await values.decode(inAvro, AVRO_CONTENT_TYPE)))).toMatchObject(event);
      expect(await values.decode(Buffer.from(JSON.stringify(event)), 'application/json')).toEqual(event);
    }
    expect(schemas.asked).toBe(1);
  });

  it('in Avro cannot be read without a registry, and say so', async () => {
    const values = new EventValues(null);
    const value = Buffer.from([0, 0, 0, 0, 1]);
    await expect(values.decode(value, AVRO_CONTENT_TYPE)).rejects.toThrow('SCHEMA_REGISTRY_URL is not set');
  });

  it('that are no JSON are refused', async () => {
    await expect(new EventValues(null).decode(Buffer.from('{'), undefined)).rejects.toThrow(SyntaxError);
  });
});
