import { answerCalls } from './answer-calls.js';
import { type Connection, connect, type Query } from './connect.js';
import { SET_CHECKPOINT } from './schema.js';
import { RowWrites } from './write-rows.js';
import type { RowCells } from './written-row.js';

export type CommitRequest =
  | { readonly kind: 'commit'; readonly file: string; readonly rows: RowCells; readonly position: string }
  | { readonly kind: 'limit'; readonly file: string; readonly pages: number };

/** In pages of 4 KiB: 64 MiB, should the checkpointer not keep up. */
const WAL_PAGES = 16_384;
const BUSY_MS = 1_000;

interface Target {
  readonly db: Connection;
  readonly writes: RowWrites;
  readonly checkpoint: Query;
}

const targets = new Map<string, Target>();

/** Opened at the first commit: so a new thread takes over without being told what the old one had open. */
function targetOf(file: string): Target {
  const known = targets.get(file);
  if (known !== undefined) return known;
  const db = connect(file, BUSY_MS);
  db.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${WAL_PAGES}; PRAGMA cache_size = -8192`);
  const target = { db, writes: new RowWrites(db), checkpoint: db.prepare(SET_CHECKPOINT) };
  targets.set(file, target);
  return target;
}

/** Rows and checkpoint in one transaction: both are there, or neither. */
function commit({ db, writes, checkpoint }: Target, rows: RowCells, position: string): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    writes.write(rows);
    checkpoint.run([position]);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

answerCalls((request: CommitRequest) => {
  const target = targetOf(request.file);
  if (request.kind === 'commit') commit(target, request.rows, request.position);
  else target.db.exec(`PRAGMA max_page_count = ${request.pages}`);
});
