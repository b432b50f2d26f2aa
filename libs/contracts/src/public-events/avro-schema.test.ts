import Type, { type TProperties } from 'typebox';
import { nullOr, scalarOrNull } from '../null-or.js';
import { avroSchemaOf } from './avro-schema.js';
import { definePublicEvent } from './define-public-event.js';

const payloadOf = (payload: TProperties) => {
  const definition = definePublicEvent({ type: 'Priced', meaning: 'A price.', payload });
  const { fields } = avroSchemaOf(definition as unknown as Parameters<typeof avroSchemaOf>[0]);
  return fields.at(-1)?.type;
};
const priced = (...fields: object[]) => ({ type: 'record', name: 'PricedPayload', fields });

describe('the Avro schema of a public event', () => {
  it.each([
    ['text', Type.String(), 'string'],
    ['an integer', Type.Integer(), 'long'],
    ['truth', Type.Boolean(), 'boolean'],
    ['a scalar or null', scalarOrNull(Type.Integer()), ['null', 'long']],
    ['a list', Type.Array(Type.String()), { type: 'array', items: 'string' }],
    [
      'an object or null',
      nullOr(Type.Object({ id: Type.String() })),
      ['null', { type: 'record', name: 'PricedPayloadX', fields: [{ name: 'id', type: 'string' }] }],
    ],
  ])('has a form for %s', (_, schema, type) => {
    expect(payloadOf({ x: schema })).toEqual(priced({ name: 'x', type }));
  });

  it('gives what is optional the default null, so that old events can be read', () => {
    const fields = { x: Type.Optional(Type.Integer()), y: Type.Optional(scalarOrNull(Type.String())) };
    expect(payloadOf(fields)).toEqual(
      priced(
        { name: 'x', type: ['null', 'long'], default: null },
        { name: 'y', type: ['null', 'string'], default: null },
      ),
    );
  });

  it.each([
    ['a fraction', Type.Number()],
    ['one of two types', Type.Union([Type.String(), Type.Integer()])],
    ['anything', Type.Unknown()],
  ])('is refused for %s, by the path', (_, schema) => {
    expect(() => payloadOf({ x: schema })).toThrow('PricedPayloadX has no form in Avro');
  });
});
