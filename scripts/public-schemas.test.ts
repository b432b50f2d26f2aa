import Type, { type TProperties } from 'typebox';
import { definePublicEvent } from '#contracts/public-events/define-public-event.js';
import { publicComplaints } from './public-schemas.js';
import { locksOf } from './schema-locks.js';

const priced = (version: number, payload: TProperties) =>
  definePublicEvent({ type: 'Priced', version, meaning: 'A price.', payload }) as never;
const lot = { lotId: Type.String(), tags: Type.Array(Type.Object({ name: Type.String() })) };
const first = priced(1, lot);
const locksOfFirst = locksOf([first]);
const complaints = (definition: never, ...others: never[]) =>
  publicComplaints([definition], new Map([...locksOfFirst, ...locksOf(others)]), 'npm run docs');

describe('the schemas that partners read', () => {
  it('are right while each version stands as it was published', () => {
    expect(complaints(first)).toEqual([]);
  });

  it('may grow by an optional field, in a version of its own', () => {
    const grown = { ...lot, note: Type.Optional(Type.String()) };
    expect(complaints(priced(1, grown))).toEqual([
      'Priced grew under version 1: raise its version to 2, then run npm run docs',
    ]);
    expect(complaints(priced(2, grown))).toEqual(['Priced.v2.json is missing: run npm run docs']);
    expect(complaints(priced(2, grown), priced(2, grown))).toEqual([]);
  });

  it.each([
    ['lost a field', { tags: lot.tags }, 'payload.lotId is gone'],
    ['changed a type', { ...lot, lotId: Type.Integer() }, 'payload.lotId is another type'],
    ['made a field optional', { ...lot, lotId: Type.Optional(Type.String()) }, 'payload.lotId is no longer required'],
    ['asks for a new field', { ...lot, note: Type.String() }, 'payload.note is new and required'],
    ['lost one deep inside', { ...lot, tags: Type.Array(Type.Object({})) }, 'payload.tags[].name is gone'],
    ['narrowed a value', { ...lot, lotId: Type.String({ maxLength: 3 }) }, 'payload.lotId is another type'],
  ])('fail CI when one %s, under the same version and under a new one', (_, payload, complaint) => {
    expect(complaints(priced(1, payload))).toEqual([
      `Priced changed under version 1, which partners read: ${complaint}`,
    ]);
    expect(complaints(priced(2, payload), priced(2, payload))).toEqual([
      `Priced version 2 breaks who reads version 1: ${complaint}`,
    ]);
  });

  it('do not let a type or a version go', () => {
    expect(publicComplaints([], locksOfFirst, 'npm run docs')).toEqual([
      'Priced.v1.json belongs to no public event: what was published stays',
    ]);
    expect(publicComplaints([priced(2, lot)], locksOf([priced(2, lot)]), 'npm run docs')).toEqual([
      'Priced.v1.json is missing: take it back from history',
    ]);
    expect(publicComplaints([priced(3, lot)], locksOf([priced(2, lot), priced(3, lot)]), 'npm run docs')).toEqual([
      'Priced.v1.json is missing: take it back from history',
    ]);
  });
});
