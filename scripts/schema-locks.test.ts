import Type, { type TProperties } from 'typebox';
import { complaints, locksOf } from './schema-locks.js';

const priced = (version: number, data: TProperties) => ({ type: 'Priced', version, schema: Type.Object(data) });
const first = priced(1, { amount: Type.Integer() });
const second = priced(2, { amount: Type.Integer(), currency: Type.String() });
const run = 'npm run lock';

describe('a lock', () => {
  it('says what decides whether data is valid, and no more', () => {
    const described = priced(1, {
      description: Type.String({ description: 'What it is' }),
      tags: Type.Array(Type.Null()),
    });
    const [[file, text]] = [...locksOf([described])] as [[string, string]];
    expect(file).toBe('Priced.v1.json');
    expect(JSON.parse(text)).toEqual({
      type: 'object',
      required: ['description', 'tags'],
      properties: { description: { type: 'string' }, tags: { type: 'array', items: { type: 'null' } } },
    });
  });
});

describe('the locks', () => {
  it('are right when each version stands there as the catalogue has it', () => {
    expect(complaints([first], locksOf([first]), run)).toEqual([]);
    expect(complaints([second], new Map([...locksOf([first]), ...locksOf([second])]), run)).toEqual([]);
  });

  it('do not mind another description, nor another order of keys', () => {
    const described = priced(1, { amount: Type.Integer({ description: 'How much' }) });
    expect(complaints([described], locksOf([first]), run)).toEqual([]);
    const reordered = '{"required":["amount"],"properties":{"amount":{"type":"integer"}},"type":"object"}';
    expect(complaints([first], new Map([['Priced.v1.json', reordered]]), run)).toEqual([]);
  });

  it('say what to do when a schema changed without a new version', () => {
    const changed = priced(1, { amount: Type.Integer({ minimum: 1 }) });
    expect(complaints([changed], locksOf([first]), run)).toEqual([
      'The schema of Priced changed under version 1, which stands in stores. Take the change back, or raise its version to 2 ' +
        'with an upcaster from 1 and a sample Priced.v2.json, then run npm run lock',
    ]);
  });

  it('ask for the lock of a new version', () => {
    expect(complaints([second], locksOf([first]), run)).toEqual(['Priced.v2.json is missing: run npm run lock']);
  });

  it('do not let an older version go', () => {
    expect(complaints([second], locksOf([second]), run)).toEqual([
      'Priced.v1.json is missing: take it back from history, events of that version may be stored',
    ]);
  });

  it('do not let a type or a version go from the catalogue', () => {
    expect(complaints([], locksOf([first]), run)).toEqual([
      'Priced.v1.json belongs to no event of the catalogue: a type that was written stays there',
    ]);
  });
});
