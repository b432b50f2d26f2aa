import type { ReadModel } from '#read-models/read-model.js';
import type { LotRow } from '#read-models/rows.js';

/** The lot as the read model shows it. Null also while that cannot be read: then nothing is known that a decision could stand on. */
export function knownLot(lotRows: Pick<ReadModel<LotRow>, 'get'>, lotId: string): LotRow['lot'] | null {
  try {
    return lotRows.get(lotId)?.lot ?? null;
  } catch {
    return null;
  }
}
