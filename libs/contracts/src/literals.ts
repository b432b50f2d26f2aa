import Type from 'typebox';

/** One of the given strings, as a JSON Schema `enum`: serialised and documented as a plain string. */
export const Literals = <const T extends readonly string[]>(values: T, options: { description?: string } = {}) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
