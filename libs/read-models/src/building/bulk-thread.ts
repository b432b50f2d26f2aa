import { closeSync, fsyncSync, openSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import Database from 'libsql';
import { answerCalls } from '../storage/answer-calls.js';
import { SET_CHECKPOINT } from '../storage/layout.js';
import { layoutFor } from '../storage/layouts.js';
import type { RowCells } from '../storage/written-row.js';

export type BulkRequest =
  | { readonly kind: 'rows'; readonly rows: RowCells }
  | { readonly kind: 'load'; readonly keys: readonly string[] }
  | { readonly kind: 'finish'; readonly position: string | null };

export interface BulkData {
  readonly file: string;
  /** Whether the rows stay as they are; else of those of one request every key is another. */
  readonly appendOnly: boolean;
}

/** Used as far as the file needs it. What is beyond it is written while the rest is still read. */
const CACHE_KIB = 65_536;

const { file, appendOnly } = workerData as BulkData;
const layout = layoutFor({ appendOnly });

// A file that is not finished is thrown away: so there is no journal, and nothing is synced before the end.
const db = new Database(file);
db.exec(`PRAGMA page_size = ${layout.pageBytes}; PRAGMA cache_size = -${CACHE_KIB}`);
db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE');
db.exec(`BEGIN; ${layout.create}`);

const writes = layout.writes(db);
const queries = layout.queries(db);

function load(keys: readonly string[]): (string | null)[] {
  return keys.map((key) => queries.get(key));
}

/** Answers the number of rows. The file is complete, durable and closed but for the end of this thread. */
function finish(position: string | null): number {
  if (position !== null) db.prepare(SET_CHECKPOINT).run([position]);
  const [rows] = db.prepare(layout.count).raw().get([]) as [number];
  db.exec(
    `PRAGMA user_version = ${layout.format}; COMMIT; PRAGMA locking_mode = NORMAL; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL`,
  );
  db.close();
  const fd = openSync(file, 'r');
  fsyncSync(fd);
  closeSync(fd);
  return rows;
}

answerCalls((request: BulkRequest) => {
  if (request.kind === 'load') return load(request.keys);
  if (request.kind === 'finish') return finish(request.position);
  writes.write(request.rows);
  return null;
});
