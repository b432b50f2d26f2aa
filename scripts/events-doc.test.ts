import Type from 'typebox';
import { defineEvent, type EventDefinition } from '#contracts/events/define-event.js';
import { Id } from '#contracts/ids.js';
import { Money } from '#contracts/money.js';
import { nullOr, scalarOrNull } from '#contracts/null-or.js';
import { eventsDoc } from './events-doc.js';

const Size = Type.Object({ width: Type.Integer({ minimum: 1, maximum: 9, description: 'In millimetres' }) });
const shapes = [{ name: 'Size', meaning: 'How large.', schema: Size }];
const document = (data: Parameters<typeof defineEvent>[0]['data']) => {
  const event = defineEvent({ type: 'Measured', stream: 'lot', meaning: 'It was measured.', data });
  return eventsDoc([event as unknown as EventDefinition], shapes);
};

describe('docs/events.md', () => {
  it('says of every field its name, its type and what it means', () => {
    const text = document({
      lotId: Id('The lot'),
      price: scalarOrNull(Money),
      size: nullOr(Size),
      sizes: Type.Array(Size, { description: 'All of them' }),
      count: Type.Optional(Type.Integer({ minimum: 2, description: 'How many' })),
    });
    expect(text).toContain(`## \`lot-{lotId}\`: a lot

### Measured

Version 1. It was measured.

| field | type | meaning |
|---|---|---|
| \`lotId\` | UUID | The lot |
| \`price\` | money or null | Integer in the currency's minor unit: 17750 is 177.50 |
| \`size\` | [Size](#size) or null | How large. |
| \`sizes\` | list of [Size](#size) | All of them |
| \`count\` | integer, from 2, optional | How many |
`);
    expect(text).toContain(`### Size

How large.

| field | type | meaning |
|---|---|---|
| \`width\` | integer, 1 to 9 | In millimetres |
`);
  });

  it('cannot be written while a field says nothing about itself', () => {
    expect(() => document({ open: Type.Boolean() })).toThrow('Measured.open has no description: give its schema one');
  });
});
