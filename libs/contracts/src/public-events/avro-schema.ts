import type { PublicEventDefinition } from './define-public-event.js';

/** Of the records' full names: gavel.events.BidPlaced. */
const AVRO_NAMESPACE = 'gavel.events';

export type AvroType = 'null' | 'string' | 'long' | 'boolean' | AvroArray | AvroRecord | readonly AvroType[];
export interface AvroArray {
  readonly type: 'array';
  readonly items: AvroType;
}
export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly fields: readonly { readonly name: string; readonly type: AvroType; readonly default?: null }[];
}

/** What of JSON Schema the public catalogue uses. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/**
 * The envelope of an event as an Avro record with the same fields in the same order. Whoever decodes it has what JSON says, but that
 * an optional field that is absent is null. Texts that are one of a few stay `string`: an Avro enum would not let a reader see a symbol
 * that came later. Descriptions are left out: a schema that differs in words alone would be another version. Throws for a schema
 * that has no form in Avro.
 */
export const avroSchemaOf = ({ type, schema }: Pick<PublicEventDefinition, 'type' | 'schema'>): AvroRecord => ({
  ...record(type, schema as JsonSchema),
  namespace: AVRO_NAMESPACE,
});

/** Records inside are named by their path, since a name may stand for one thing only: LotListedPayloadVehicle. */
function record(name: string, { properties = {}, required = [] }: JsonSchema): AvroRecord {
  const fields = Object.entries(properties).map(([field, schema]) => {
    const type = avroType(schema, name + field.charAt(0).toUpperCase() + field.slice(1));
    return required.includes(field) ? { name: field, type } : { name: field, type: orNull(type), default: null };
  });
  return { type: 'record', name, fields };
}

function avroType(schema: JsonSchema, name: string): AvroType {
  const { type, anyOf, items } = schema;
  const alternatives = anyOf ?? (Array.isArray(type) ? type.map((one: string) => ({ ...schema, type: one })) : null);
  if (alternatives !== null) {
    const [one, ...others] = alternatives.filter(({ type: of }) => of !== 'null');
    if (one !== undefined && others.length === 0) return orNull(avroType(one, name));
  }
  if (type === 'object') return record(name, schema);
  if (type === 'array' && items !== undefined) return { type, items: avroType(items, name) };
  if (type === 'integer') return 'long';
  if (type === 'string' || type === 'boolean') return type;
  throw new Error(`${name} has no form in Avro: ${JSON.stringify(schema)}`);
}

/** Null first: the default of a union is of its first type. */
const orNull = (type: AvroType): AvroType =>
  Array.isArray(type) ? type : ['null', type as Exclude<AvroType, readonly AvroType[]>];
