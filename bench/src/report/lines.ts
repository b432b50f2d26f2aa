import type { Comparison, Measured, Side } from '../benchmark.js';
import { figure, ratioText } from './figure.js';
import { isMet, medianDetails, medianValue, ratioOf, ratios } from './median.js';

/** One round, for who watches. */
export function roundLine(comparison: Comparison, round: number): string {
  const ratio = ratioText(ratios(comparison)[round - 1] as number);
  const of = (side: Side) => measuredText(side, side.rounds[round - 1] as Measured);
  return `    round ${round}: ${of(comparison.ours)}; ${of(comparison.limit)}; ratio ${ratio}`;
}

/** The medians, and whether the goal is met. */
export function medianLine(comparison: Comparison): string {
  const ratio = ratioOf(comparison);
  const of = (side: Side) =>
    measuredText(side, {
      value: medianValue(side.rounds),
      details: Object.fromEntries(medianDetails(side.rounds)),
    });
  return `    medians: ${of(comparison.ours)}; ${of(comparison.limit)}; ratio ${ratioText(ratio)}, ${verdict(comparison)}`;
}

export function verdict(comparison: Comparison): string {
  const { goal } = comparison;
  if (goal === null) return 'for information';
  return `goal ${goalText(comparison)}: ${isMet(goal, ratioOf(comparison)) ? 'met' : 'MISSED'}`;
}

export function goalText({ goal }: Comparison): string {
  if (goal === null) return '-';
  return 'atLeast' in goal ? `at least ${ratioText(goal.atLeast)}` : `at most ${ratioText(goal.atMost)}`;
}

function measuredText({ name, unit }: Side, { value, details }: Measured): string {
  const more = Object.entries(details).map(([key, amount]) => {
    const [what, of = ''] = key.split(', ');
    return `${what} ${figure(amount)} ${of}`.trimEnd();
  });
  return `${name} ${figure(value)} ${unit}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
}
