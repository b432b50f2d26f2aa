import avro from 'avsc';
import fc from 'fast-check';
import { avroSchemaOf } from '#contracts/public-events/avro-schema.js';
import { type PublicEvent, publicDefinitions } from '#contracts/public-events/public-catalogue.js';
import { type JsonSchema, valuesOf } from '#testing/schema-arbitrary.js';
import { AvroFormat } from './avro-format.js';
import type { SchemaRegistry } from './schema-registry.js';

/** Numbers the subjects from an id on that needs all four bytes. */
const numbering = (subjects: string[]) =>
  ({ idOf: async (subject: string) => 0x01020304 + subjects.push(subject) - 1 }) as unknown as SchemaRegistry;

/** avsc takes integers up to 2^53 - 2, one less than JSON has; nothing that Gavel counts comes near. */
const inAvscRange = (schema: object): JsonSchema =>
  JSON.parse(JSON.stringify(schema), (_, value) =>
    value?.type === 'integer' ? { maximum: Number.MAX_SAFE_INTEGER - 1, ...value } : value,
  );

describe('values in Avro', () => {
  const subjects: string[] = [];
  const format = new AvroFormat(numbering(subjects), 'sales');
  beforeAll(() => format.prepare());

  it('have a subject per topic and type, asked for once', async () => {
    await format.prepare();
    expect(subjects).toEqual(publicDefinitions.map(({ type }) => `sales-gavel.events.${type}`));
  });

  it.each(publicDefinitions)('hold behind the id of the schema all that JSON says of any $type', (definition) => {
    const reader = avro.Type.forSchema(avroSchemaOf(definition) as avro.Schema);
    const id = 0x01020304 + publicDefinitions.indexOf(definition);
    fc.assert(
      fc.property(valuesOf(inAvscRange(definition.schema)), (any) => {
        const event = { ...(any as PublicEvent), eventType: definition.type };
        const value = format.encode(event as PublicEvent);
        expect([value.readUInt8(0), value.readUInt32BE(1)]).toEqual([0, id]);
        expect(JSON.parse(JSON.stringify(reader.fromBuffer(value.subarray(5))))).toEqual(event);
      }),
    );
  });

  it('are never written without a schema', () => {
    const unprepared = new AvroFormat(numbering([]), 'sales');
    expect(() => unprepared.encode({ eventType: 'LotSold' } as PublicEvent)).toThrow(
      'no schema of LotSold is registered',
    );
  });

  it('have no id of any type while the registry has not told all of them', async () => {
    let answers = 3;
    const failing = { idOf: async () => (answers-- > 0 ? 1 : Promise.reject(new Error('away'))) };
    const halfway = new AvroFormat(failing as unknown as SchemaRegistry, 'sales');
    await expect(halfway.prepare()).rejects.toThrow('away');
    expect(() => halfway.encode({ eventType: 'AuctionCreated' } as PublicEvent)).toThrow('no schema of AuctionCreated');
  });
});
