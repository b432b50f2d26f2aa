import { MAX_AMOUNT } from '#contracts/max-amount.js';
import type { Money } from '#contracts/money.js';
import { Failure } from '../failure.js';

const DOLLARS = /^(\d{1,10})(?:\.(\d{1,2}))?$/;

/** Dollars as text ("177.5") to cents (17750), digit by digit: no float ever holds the amount. Throws Failure. */
export function parseCents(text: string): Money {
  const [, dollars, fraction = ''] = DOLLARS.exec(text) ?? [];
  if (dollars === undefined) throw new Failure(whyNoAmount(text));
  const cents = Number(dollars + fraction.padEnd(2, '0'));
  if (cents > MAX_AMOUNT) throw new Failure('is more than Gavel can hold');
  return cents;
}

function whyNoAmount(text: string): string {
  if (/^-\d/.test(text)) return 'is negative';
  if (/^\d+\.\d{3,}$/.test(text)) return 'has more than two decimals';
  if (/^\d{11,}(\.\d{1,2})?$/.test(text)) return 'is more than Gavel can hold';
  return 'is not an amount: digits, and at most two decimals behind a point';
}

/** Cents as dollars: 17750 as "177.50". */
export function dollars(cents: Money): string {
  const digits = String(cents).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
