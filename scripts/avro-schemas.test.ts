import Type, { type TProperties } from 'typebox';
import { definePublicEvent } from '#contracts/public-events/define-public-event.js';
import { avroComplaints, avroLocksOf } from './avro-schemas.js';

const priced = (version: number, payload: TProperties) =>
  definePublicEvent({ type: 'Priced', version, meaning: 'A price.', payload }) as never;
const lot = { lotId: Type.String() };
const first = avroLocksOf([priced(1, lot)]);
const complaints = (definition: never, locked = new Map([...first, ...avroLocksOf([definition])])) =>
  avroComplaints([definition], locked, 'npm run docs');

describe('the Avro schemas that partners read', () => {
  it('are right while each stands as it was registered, and may grow by an optional field in a new version', () => {
    expect(complaints(priced(1, lot))).toEqual([]);
    const grown = { ...lot, note: Type.Optional(Type.String()) };
    expect(complaints(priced(1, grown), first)).toEqual([
      'The Avro schema of Priced changed under version 1: raise it, then run npm run docs',
    ]);
    expect(complaints(priced(2, grown), first)).toEqual(['Priced.v2.avsc is missing: run npm run docs']);
    expect(complaints(priced(2, grown))).toEqual([]);
  });

  it.each([
    ['lost a field', {}, 'Priced.v1.avsc cannot read what the newest version writes'],
    [
      'asks for a new field',
      { ...lot, fee: Type.Integer() },
      'the newest version cannot read what Priced.v1.avsc writes',
    ],
    ['changed a type', { lotId: Type.Integer() }, 'cannot read what'],
  ])('fail CI when one %s', (_, payload, complaint) => {
    expect(complaints(priced(2, payload))).toContainEqual(expect.stringContaining(complaint));
  });

  it('are compared with every older version, not with the last one alone', () => {
    const locked = new Map([...first, ...avroLocksOf([priced(2, {}), priced(3, { lotId: Type.Integer() })])]);
    expect(avroComplaints([priced(3, { lotId: Type.Integer() })], locked, 'npm run docs').join()).toContain(
      'Priced.v1.avsc',
    );
  });

  it('do not let a type or a version go', () => {
    expect(avroComplaints([], first, 'npm run docs')).toEqual([
      'Priced.v1.avsc belongs to no public event: what was published stays',
    ]);
    expect(avroComplaints([priced(2, lot)], avroLocksOf([priced(2, lot)]), 'npm run docs')).toEqual([
      'Priced.v1.avsc is missing: take it back from history',
    ]);
  });
});
