import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { type JsonSchema, valuesOf } from '#testing/schema-arbitrary.js';
import { catalogue, currentVersion, upcast } from './catalogue.js';

describe('the catalogue', () => {
  it('names every type once', () => {
    const types = catalogue.map(({ type }) => type);
    expect(types).toEqual([...new Set(types)]);
  });

  it.each(catalogue)('keeps whatever the schema of $type allows through JSON', ({ type, schema }) => {
    const validator = Compile(schema);
    fc.assert(
      fc.property(valuesOf(schema as JsonSchema), (data) => {
        expect(validator.Check(data)).toBe(true);
        const stored: unknown = JSON.parse(JSON.stringify(data));
        const { data: read } = upcast(type, currentVersion(type), stored);
        expect(read).toEqual(data);
        expect(validator.Check(read)).toBe(true);
      }),
    );
  });

  it.each(catalogue)('has no place in $type for a field that it does not name', ({ schema }) => {
    const [data] = fc.sample(valuesOf(schema as JsonSchema), 1);
    expect(Compile(schema).Check({ ...(data as object), 'another-field': 1 })).toBe(false);
  });
});
