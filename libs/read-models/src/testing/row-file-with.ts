import { join } from 'node:path';
import { CallThread } from '../storage/call-thread.js';
import { RowFile } from '../storage/row-file.js';
import type { RowCells } from '../storage/written-row.js';

/** A complete generation file with these rows: key, JSON, due, one after the other. What comes `later` changes rows that are there. */
export async function rowFileWith(
  directory: string,
  rows: RowCells,
  name = 'rows.db',
  later: readonly RowCells[] = [],
): Promise<RowFile> {
  const file = join(directory, name);
  const thread = new CallThread(new URL('../building/bulk-thread.js', import.meta.url), { file, appendOnly: false });
  for (const some of [rows, ...later]) await thread.call({ kind: 'rows', rows: some });
  await thread.call({ kind: 'finish', position: '1' });
  await thread.end();
  return new RowFile(file);
}
