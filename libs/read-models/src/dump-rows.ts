import { pagesOf } from './pages-of.js';
import type { ReadModel } from './read-model.js';
import { parseRow, RowFile, type StoredRow } from './storage/row-file.js';

const PAGE_ROWS = 1_000;

export interface DumpedRow {
  readonly key: string;
  readonly json: string;
}

/**
 * Every row in the order of the keys, page by page: of a generation's file, as of one moment, or of a read model that goes on
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
    for (const [key, json] of allRows(file)) yield { key, json: JSON.stringify(parseRow(key, json)) };
  } finally {
    file.endSnapshot();
    file.close();
  }
}

/** Key, JSON and due time of every row, as of one moment if the caller holds a snapshot. */
export function* allRows(file: RowFile): Generator<StoredRow, void, undefined> {
  let after: string | undefined;
  for (;;) {
    const page = file.scan({ prefix: '', limit: PAGE_ROWS, ...(after === undefined ? {} : { after }) });
    yield* page;
    if (page.length < PAGE_ROWS) return;
    after = page.at(-1)?.[0];
  }
}

function* modelRows(model: ReadModel<object>): Generator<DumpedRow, void, undefined> {
  for (const page of pagesOf(model)) for (const { key, row } of page) yield { key, json: JSON.stringify(row) };
}
