import type { ReadModel } from '#read-models/read-model.js';
import type { LotRow } from '#read-models/rows.js';

type LotRows = Pick<ReadModel<LotRow>, 'get'>;

/** The lot as the read model shows it. Null also while that cannot be read: then nothing is known that a decision could stand on. */
export function knownRow(lotRows: LotRows, lotId: string): LotRow | null {
  try {
    return lotRows.get(lotId);
  } catch {
    return null;
  }
}

export const knownLot = (lotRows: LotRows, lotId: string): LotRow['lot'] | null =>
  knownRow(lotRows, lotId)?.lot ?? null;
