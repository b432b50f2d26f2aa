import type { Comparison, Goal, Measured, Run } from './benchmark.js';
import { medianLine, roundLine } from './report/lines.js';

export interface Sides {
  readonly benchmark: string;
  readonly what: string;
  readonly goal: Goal;
  readonly ours: { readonly name: string; readonly unit: string; measure(): Promise<Measured> };
  readonly limit: { readonly name: string; readonly unit: string; measure(): Promise<Measured> };
}

/** Measures both sides in turns, so that what drifts on the machine drifts for both. */
export async function interleave(run: Run, { ours, limit, ...about }: Sides): Promise<Comparison> {
  const found: { ours: Measured[]; limit: Measured[] } = { ours: [], limit: [] };
  const comparison: Comparison = {
    ...about,
    ours: { name: ours.name, unit: ours.unit, rounds: found.ours },
    limit: { name: limit.name, unit: limit.unit, rounds: found.limit },
  };
  run.tell(`  ${about.what}`);
  for (let round = 1; round <= run.rounds; round += 1) {
    found.ours.push(await ours.measure());
    found.limit.push(await limit.measure());
    run.tell(roundLine(comparison, round));
  }
  run.tell(medianLine(comparison));
  return comparison;
}
