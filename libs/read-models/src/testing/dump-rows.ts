import { pagesOf } from '../pages-of.js';
import type { ReadModel } from '../read-model.js';
import { parseRow, RowFile } from '../storage/row-file.js';

export interface DumpedRow {
  readonly key: string;
  readonly json: string;
}

/**
 * Every row in the order of the keys, under each of its keys: of a generation's file, as of one moment, or of a read model that goes on
 * meanwhile. Throws CorruptRows, and ReadModelUnavailable for a model that is being built anew.
 */
export function* dumpRows(source: string | ReadModel<object>): Generator<DumpedRow, void, undefined> {
  if (typeof source === 'string') yield* fileRows(source);
  else yield* modelRows(source);
}

function* fileRows(path: string): Generator<DumpedRow, void, undefined> {
  const file = new RowFile(path);
  file.beginSnapshot();
  try {
    for (const [key, json] of file.scan({ prefix: '', limit: Number.MAX_SAFE_INTEGER }))
      yield { key, json: JSON.stringify(parseRow(key, json)) };
  } finally {
    file.endSnapshot();
    file.close();
  }
}

function* modelRows(model: ReadModel<object>): Generator<DumpedRow, void, undefined> {
  for (const page of pagesOf(model)) for (const { key, row } of page) yield { key, json: JSON.stringify(row) };
}
