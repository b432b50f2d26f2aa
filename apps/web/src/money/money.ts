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

/** 177.5 as 17750: what a person types becomes an integer at once. */
export const toMinor = (major: number, currency: string): number => Math.round(major * minorUnits(currency));
export const toMajor = (minor: number, currency: string): number => minor / minorUnits(currency);

/**
 * An amount as a file has it, `177.50` or `1,500`, as minor units; null for what is none, or has a fraction of a minor unit.
 */
export function parseAmount(text: string, currency: string): number | null {
  const plain = text.trim().replace(/,(?=\d{3}(\D|$))/g, '');
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(plain);
  if (match === null) return null;
  const digits = digitsOf(currency);
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > digits) return null;
  return Number(match[1]) * 10 ** digits + Number(fraction.padEnd(digits, '0') || 0);
}
