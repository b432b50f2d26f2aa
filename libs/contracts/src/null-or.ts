import Type, { type Static, type TSchema } from 'typebox';

/** A schema or null. */
export const nullOr = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A scalar schema or null as one `type` list: serialised and checked without trying alternatives. */
export const scalarOrNull = <T extends TSchema & { type: string }>(schema: T) =>
  Type.Unsafe<Static<T> | null>({ ...schema, type: [schema.type, 'null'] });
