import Type from 'typebox';
import { upcast } from './catalogue.js';
import { defineEvent, toNewest } from './define-event.js';

/** A made-up event: first in whole units, then in minor units, then with a currency. */
const priced = {
  type: 'Priced',
  stream: 'lot',
  meaning: 'A price was set.',
  data: { amount: Type.Integer(), currency: Type.String() },
} as const;

const Priced = defineEvent({
  ...priced,
  version: 3,
  upcasters: [
    (v1) => ({ amount: (v1 as { units: number }).units * 100 }),
    (v2) => ({ ...(v2 as object), currency: 'EUR' }),
  ],
});

describe('reading an older version', () => {
  it('runs every upcaster from that version on, in order', () => {
    expect(toNewest(Priced, 1, { units: 7 })).toEqual({ amount: 700, currency: 'EUR' });
    expect(toNewest(Priced, 2, { amount: 750 })).toEqual({ amount: 750, currency: 'EUR' });
  });

  it('leaves the newest version as it is', () => {
    const data = { amount: 750, currency: 'NZD' };
    expect(toNewest(Priced, 3, data)).toBe(data);
  });

  it.each([4, 0, -1, 1.5, Number.NaN])('throws for version %d, which the program lacks', (version) => {
    expect(() => toNewest(Priced, version, {})).toThrow(
      `Priced version ${version} cannot be read: this program knows 1 to 3`,
    );
  });
});

describe('declaring an event', () => {
  it('throws when the upcasters do not reach the written version', () => {
    expect(() => defineEvent({ ...priced, version: 2 })).toThrow('Priced: version 2 needs 1 upcasters, not 0');
  });
});

describe('reading a stored event', () => {
  it('throws for a type that the catalogue lacks', () => {
    expect(() => upcast('Priced', 1, {})).toThrow('event type Priced is not in the catalogue');
  });

  it('throws for a version of a newer program', () => {
    expect(() => upcast('LotClosed', 99, {})).toThrow('LotClosed version 99 cannot be read');
  });
});
