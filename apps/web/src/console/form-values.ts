import { parseAmount } from '../money/money.js';

/** A local date and time as a form has it, in ISO 8601 UTC. */
export function isoOrUndefined(value: FormDataEntryValue | null): string | undefined {
  const text = String(value ?? '').trim();
  return text === '' ? undefined : new Date(text).toISOString();
}

/** NaN stays NaN: the server says what is wrong with it. */
export function numberOrUndefined(value: FormDataEntryValue | null): number | undefined {
  const text = String(value ?? '').trim();
  return text === '' ? undefined : Number(text);
}

/** Minor units; NaN for what is no amount, which its field says. */
export function amountOrUndefined(text: string, currency: string): number | undefined {
  if (text.trim() === '') return undefined;
  const read = parseAmount(text, currency);
  return 'minor' in read ? read.minor : Number.NaN;
}
