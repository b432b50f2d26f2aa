import { formatMoney, parseAmount, toMajor, toMinor } from './money.js';

describe('money on the page', () => {
  it('is shown with as many decimals as the currency has', () => {
    expect([formatMoney(17_750, 'USD'), formatMoney(17_750, 'JPY'), formatMoney(17_750, 'BHD')].map(digits)).toEqual([
      '177.50',
      '17,750',
      '17.750',
    ]);
  });

  it('becomes the same integer again, whatever a person types', () => {
    for (const minor of [0, 1, 29, 57, 101, 115, 1_000_005, 999_999_999_999]) {
      expect(toMinor(toMajor(minor, 'USD'), 'USD')).toBe(minor);
    }
    expect(toMinor(1.15, 'USD')).toBe(115);
    expect(toMinor(8.29, 'USD')).toBe(829);
  });

  it.each([
    ['177.50', 'USD', 17_750],
    ['177.5', 'USD', 17_750],
    ['1,500', 'USD', 150_000],
    ['1,234,567.80', 'USD', 123_456_780],
    [' 20 ', 'USD', 2_000],
    ['5.990', 'USD', 599],
    ['100', 'JPY', 100],
    ['1.234', 'BHD', 1_234],
  ])('is read from a file: %s %s is %s', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toBe(minor);
  });

  it.each(['', 'abc', '-5', '5.999', '1,50', '1e3', '$5', '.5', '9999999999999'])('is none in a file: %s', (text) => {
    expect(parseAmount(text, 'USD')).toBeNull();
  });
});

const digits = (text: string): string => text.replace(/[^\d.,]/g, '');
