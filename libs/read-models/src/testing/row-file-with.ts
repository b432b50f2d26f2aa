import { join } from 'node:path';
import { CallThread } from '../storage/call-thread.js';
import { RowFile } from '../storage/row-file.js';
import type { RowCells } from '../storage/written-row.js';

/** A complete generation file with these cells. Of rows that change, what comes `later` changes rows that are there. */
export async function rowFileWith(
  directory: string,
  rows: RowCells,
  name = 'rows.db',
  later: readonly RowCells[] = [],
  appendOnly = false,
): Promise<RowFile> {
  const file = join(directory, name);
  const thread = new CallThread(new URL('../building/bulk-thread.js', import.meta.url), { file, appendOnly });
  for (const some of [rows, ...later]) await thread.call({ kind: 'rows', rows: some });
  await thread.call({ kind: 'finish', position: '1' });
  await thread.end();
  return new RowFile(file);
}
