import type { EpochMs } from '#contracts/time.js';
import { compareKeys } from '../row-keys.js';
import type { Place, PlacedRow } from '../storage/layout.js';
import { TimeSlice } from '../time-slice.js';

/** A row as it stands in a file; `row` is the text itself where that is no JSON. */
export interface SeenRow {
  readonly row: unknown;
  readonly due: EpochMs | null;
  /** Under which it is found. */
  readonly keys: readonly string[];
}

export interface RowDifference {
  readonly key: string;
  /** What the store says; null: no such row. */
  readonly expected: SeenRow | null;
  /** What serves; null: no such row. */
  readonly actual: SeenRow | null;
}

export interface Comparison {
  /** That serve. */
  readonly rows: number;
  readonly differences: number;
  readonly kept: readonly RowDifference[];
}

/** Goes through both in their order; equal means byte by byte. Keeps at most `keep` differences. */
export async function compareRows(
  expected: Iterator<PlacedRow>,
  actual: Iterator<PlacedRow>,
  keep: number,
): Promise<Comparison> {
  const slice = new TimeSlice();
  const kept: RowDifference[] = [];
  let rows = 0;
  let differences = 0;
  let left = take(expected);
  let right = take(actual);
  while (left !== null || right !== null) {
    if (slice.over()) await slice.rest();
    const inLeft = left !== null && (right === null || compare(left[0], right[0]) <= 0);
    const inRight = right !== null && (left === null || compare(right[0], left[0]) <= 0);
    const [ours, theirs] = [inLeft ? left : null, inRight ? right : null];
    if (!areEqual(ours, theirs)) {
      differences += 1;
      if (kept.length < keep)
        kept.push({ key: (ours ?? theirs)?.[1] ?? '', expected: seen(ours), actual: seen(theirs) });
    }
    if (inRight) rows += 1;
    if (inLeft) left = take(expected);
    if (inRight) right = take(actual);
  }
  return { rows, differences, kept };
}

const take = (rows: Iterator<PlacedRow>): PlacedRow | null => rows.next().value ?? null;

const compare = (a: Place, b: Place): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareKeys(String(a), String(b));

const areEqual = (a: PlacedRow | null, b: PlacedRow | null): boolean =>
  a !== null && b !== null && a.every((cell, at) => cell === b[at]);

function seen(row: PlacedRow | null): SeenRow | null {
  if (row === null) return null;
  const [, key, json, due, second, third] = row;
  const keys = [key, second, third].filter((each) => each !== null);
  try {
    return { row: JSON.parse(json), due, keys };
  } catch {
    return { row: json, due, keys };
  }
}
