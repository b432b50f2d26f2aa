import type { EpochMs } from '#contracts/time.js';
import { compareKeys } from '../row-keys.js';
import type { StoredRow } from '../storage/row-file.js';
import { TimeSlice } from '../time-slice.js';

/** A row as it stands in a file; `row` is the text itself where that is no JSON. */
export interface SeenRow {
  readonly row: unknown;
  readonly due: EpochMs | null;
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

/** Goes through both in the order of the keys; equal means byte by byte. Keeps at most `keep` differences. */
export async function compareRows(
  expected: Iterator<StoredRow>,
  actual: Iterator<StoredRow>,
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
    const inLeft = left !== null && (right === null || compareKeys(left[0], right[0]) <= 0);
    const inRight = right !== null && (left === null || compareKeys(right[0], left[0]) <= 0);
    const [ours, theirs] = [inLeft ? left : null, inRight ? right : null];
    if (ours?.[1] !== theirs?.[1] || ours?.[2] !== theirs?.[2]) {
      differences += 1;
      if (kept.length < keep)
        kept.push({ key: (ours ?? theirs)?.[0] ?? '', expected: seen(ours), actual: seen(theirs) });
    }
    if (inRight) rows += 1;
    if (inLeft) left = take(expected);
    if (inRight) right = take(actual);
  }
  return { rows, differences, kept };
}

const take = (rows: Iterator<StoredRow>): StoredRow | null => rows.next().value ?? null;

function seen(row: StoredRow | null): SeenRow | null {
  if (row === null) return null;
  const [, json, due] = row;
  try {
    return { row: JSON.parse(json), due };
  } catch {
    return { row: json, due };
  }
}
