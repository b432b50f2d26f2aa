import type { ReadModel } from '#read-models/read-model.js';
import type { LotRow } from '#read-models/rows.js';

/** The row as the read model shows it. Null also while that cannot be read: then nothing is known that a decision could stand on. */
export function knownRow<Row extends object>(rows: Pick<ReadModel<Row>, 'get'>, key: string): Row | null {
  try {
    return rows.get(key);
  } catch {
    return null;
  }
}

export const knownLot = (lotRows: Pick<ReadModel<LotRow>, 'get'>, lotId: string): LotRow['lot'] | null =>
  knownRow(lotRows, lotId)?.lot ?? null;
