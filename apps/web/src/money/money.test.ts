import { MAX_AMOUNT } from '#contracts/max-amount.js';
import { formatMoney, parseAmount, plainAmount } from './money.js';

describe('money on the page', () => {
  it('is shown with as many decimals as the currency has', () => {
    expect([formatMoney(17_750, 'USD'), formatMoney(17_750, 'JPY'), formatMoney(17_750, 'BHD')].map(digits)).toEqual([
      '177.50',
      '17,750',
      '17.750',
    ]);
  });

  it.each(['USD', 'JPY', 'BHD'])('is the same integer again when what is filled in is read: %s', (currency) => {
    for (const minor of [0, 1, 29, 57, 101, 115, 829, 1_000_005, MAX_AMOUNT]) {
      expect(parseAmount(plainAmount(minor, currency), currency)).toEqual({ minor });
    }
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
    ['9999999999.99', 'USD', MAX_AMOUNT],
  ])('is read as it is typed: %s %s is %s', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toEqual({ minor });
  });

  const noUsd = 'is no amount as in 1,234.50';
  it.each([
    ['', 'USD', noUsd],
    ['abc', 'USD', noUsd],
    ['-5', 'USD', noUsd],
    ['60,50', 'USD', noUsd],
    ['60,500,1', 'USD', noUsd],
    ['1234,567', 'USD', noUsd],
    ['0,500', 'USD', noUsd],
    ['1.000,50', 'USD', noUsd],
    ['1e2', 'USD', noUsd],
    ['0x22', 'USD', noUsd],
    ['$5', 'USD', noUsd],
    ['.5', 'USD', noUsd],
    ['５', 'USD', noUsd],
    ['1,23', 'JPY', 'is no amount as in 1,234'],
    ['1,23', 'BHD', 'is no amount as in 1,234.500'],
    ['40.005', 'USD', 'has more than 2 decimals'],
    ['45.999', 'USD', 'has more than 2 decimals'],
    ['1.5', 'JPY', 'has more than 0 decimals'],
    ['10000000000.00', 'USD', 'is more than $9,999,999,999.99'],
    ['9'.repeat(400), 'USD', 'is more than $9,999,999,999.99'],
  ])('is never guessed: %s %s %s', (text, currency, wrong) => {
    expect(parseAmount(text, currency)).toEqual({ wrong });
  });
});

const digits = (text: string): string => text.replace(/[^\d.,]/g, '');
