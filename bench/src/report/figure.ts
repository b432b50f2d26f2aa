/** A figure for a person: no more digits than a measurement is worth. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString('en-US');
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

export const ratioText = (ratio: number): string => ratio.toFixed(2);
