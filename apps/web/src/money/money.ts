import { MAX_AMOUNT } from '#contracts/max-amount.js';

/** Minor units in one unit of a currency: 100 of USD, 1 of JPY, 1000 of BHD. */
export const minorUnits = (currency: string): number => 10 ** digitsOf(currency);

const digitsOf = (currency: string): number => formatter(currency).resolvedOptions().maximumFractionDigits ?? 2;

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(currency: string): Intl.NumberFormat {
  let found = formatters.get(currency);
  if (found === undefined) {
    found = new Intl.NumberFormat(undefined, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    formatters.set(currency, found);
  }
  return found;
}

/** `17750` of USD as $177.50, in the way of the reader's language. */
export const formatMoney = (minor: number, currency: string): string =>
  formatter(currency).format(minor / minorUnits(currency));

/** 17750 of USD as `177.50`: the same in every language, as an amount is typed. */
export const plainAmount = (minor: number, currency: string): string =>
  (minor / minorUnits(currency)).toFixed(digitsOf(currency));

/** Minor units, or what is wrong: the end of a sentence that begins with the text. */
export type ReadAmount = { readonly minor: number } | { readonly wrong: string };

/**
 * An amount as people type it and as a file has it, `177.50` or `1,500`. Nothing is rounded or guessed: a comma parts thousands and nothing
 * else, since `60,50` is sixty and a half to some and a slip of the finger to others.
 */
export function parseAmount(text: string, currency: string): ReadAmount {
  const digits = digitsOf(currency);
  const match = /^(\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) return { wrong: `is no amount as in ${example(digits)}` };
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > digits) return { wrong: `has more than ${digits} decimals` };
  const minor = Number(match[1]?.replaceAll(',', '')) * 10 ** digits + Number(fraction.padEnd(digits, '0'));
  if (minor > MAX_AMOUNT) return { wrong: `is more than ${formatMoney(MAX_AMOUNT, currency)}` };
  return { minor };
}

const example = (digits: number): string =>
  `1,234${digits === 0 ? '' : `.${'50'.padEnd(digits, '0').slice(0, digits)}`}`;
