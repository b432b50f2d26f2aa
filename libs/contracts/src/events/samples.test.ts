import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Compile } from 'typebox/compile';
import { catalogue, definitionOf, upcast } from './catalogue.js';

/*
 * libs/contracts/samples holds stored data of every event type in every version that was ever written, as
 * <EventType>.v<version>.json or <EventType>.v<version>.<what is special>.json. A sample is never changed: somewhere it stands in a store.
 */
const contracts = new URL('../../../../../libs/contracts/', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, contracts), 'utf8'));

const samples = readdirSync(new URL('samples', contracts)).map((file) => {
  const [, type = '', version] = /^([A-Za-z]+)\.v(\d+)(?:\.[a-z-]+)?\.json$/.exec(file) ?? [];
  return { file, type, version: Number(version), data: json(`samples/${file}`) };
});

const written = catalogue.flatMap(({ type, version }) =>
  Array.from({ length: version }, (_, i) => ({ type: type as string, version: i + 1 })),
);

describe('the samples', () => {
  it.each(written)('have $type in version $version', ({ type, version }) => {
    expect(samples.filter((sample) => sample.type === type && sample.version === version)).not.toEqual([]);
  });

  it('have no type and no version that was never written', () => {
    const known = new Set(written.map(({ type, version }) => `${type}.v${version}`));
    expect(samples.filter(({ type, version }) => !known.has(`${type}.v${version}`)).map(({ file }) => file)).toEqual(
      [],
    );
  });
});

describe('stored data', () => {
  it.each(samples)('of $file fits the schema of the version under which it was written', ({ type, version, data }) => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(json(`schemas/${type}.v${version}.json`) as object);
    validate(data);
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each(samples)('of $file is read in the newest version', ({ type, version, data }) => {
    const event = upcast(type, version, data);
    expect(event.type).toBe(type);
    expect(Compile(definitionOf(type).schema).Errors(event.data)).toEqual([]);
  });
});
