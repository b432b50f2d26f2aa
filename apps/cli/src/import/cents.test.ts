import fc from 'fast-check';
import { MAX_AMOUNT } from '#contracts/max-amount.js';
import { dollars, parseCents } from './cents.js';

describe('amounts in a file of bids', () => {
  it.each([
    ['0', 0],
    ['1', 100],
    ['177.5', 17_750],
    ['177.50', 17_750],
    ['0.05', 5],
    ['0.29', 29],
    ['1.15', 115],
    ['4503599627.37', 450_359_962_737],
    ['9999999999.99', MAX_AMOUNT],
  ])('%s dollars are %i cents', (text, cents) => {
    expect(parseCents(text)).toBe(cents);
  });

  it.each([
    ['-1', 'is negative'],
    ['-0.5', 'is negative'],
    ['1.005', 'has more than two decimals'],
    ['1.000', 'has more than two decimals'],
    ['10000000000', 'is more than Gavel can hold'],
    ['', 'is not an amount: digits, and at most two decimals behind a point'],
    ['1,50', 'is not an amount: digits, and at most two decimals behind a point'],
    ['1e3', 'is not an amount: digits, and at most two decimals behind a point'],
    ['.5', 'is not an amount: digits, and at most two decimals behind a point'],
    ['NaN', 'is not an amount: digits, and at most two decimals behind a point'],
    ['Infinity', 'is not an amount: digits, and at most two decimals behind a point'],
    [' 1', 'is not an amount: digits, and at most two decimals behind a point'],
    ['0x10', 'is not an amount: digits, and at most two decimals behind a point'],
  ])('%j is refused: %s', (text, reason) => {
    expect(() => parseCents(text)).toThrow(new Error(reason));
  });

  it('every amount survives being written as dollars and read again', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: MAX_AMOUNT }), (cents) => parseCents(dollars(cents)) === cents));
  });
});
