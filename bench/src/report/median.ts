import type { Comparison, Goal, Measured } from '../benchmark.js';

/** Throws for no values: a median of nothing is no figure. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('there is no median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

export const medianValue = (rounds: readonly Measured[]): number => median(rounds.map(({ value }) => value));

/** Of Gavel to its limit, in each round: the two were measured within seconds. */
export const ratios = ({ ours, limit }: Comparison): number[] =>
  ours.rounds.map(({ value }, round) => value / (limit.rounds[round] as Measured).value);

export const ratioOf = (comparison: Comparison): number => median(ratios(comparison));

/** Null where there is no goal. */
export function isMet(goal: Goal, ratio: number): boolean | null {
  if (goal === null) return null;
  return 'atLeast' in goal ? ratio >= goal.atLeast : ratio <= goal.atMost;
}

/** The medians of the further figures, by name. */
export function medianDetails(rounds: readonly Measured[]): [name: string, value: number][] {
  const names = new Set(rounds.flatMap(({ details }) => Object.keys(details)));
  return [...names].map((name) => [name, median(rounds.flatMap(({ details }) => details[name] ?? []))]);
}
