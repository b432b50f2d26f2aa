import { comparePositions } from '#event-store/event-store.js';
import { type Connection, connect, type Query } from './connect.js';
import { type RowWrites, SET_CHECKPOINT } from './layout.js';
import type { RowCells } from './written-row.js';

export type CommitRequest =
  | { readonly kind: 'commit'; readonly file: string; readonly rows: RowCells; readonly position: string }
  | { readonly kind: 'limit'; readonly file: string; readonly pages: number };

/** Should the checkpointer not keep up. */
const WAL_BYTES = 64 * 1_048_576;
const BUSY_MS = 1_000;

interface Target {
  readonly db: Connection;
  readonly writes: RowWrites;
  readonly setCheckpoint: Query;
  readonly checkpoint: Query;
}

/** The writing side of the generations that serve, in the thread that commits. */
export class CommitFiles {
  readonly #targets = new Map<string, Target>();

  /** Throws what SQLite throws: nothing has been written then. */
  readonly handle = (request: CommitRequest): void => {
    const target = this.#targetOf(request.file);
    if (request.kind === 'commit') commit(target, request.rows, request.position);
    else target.db.exec(`PRAGMA max_page_count = ${request.pages}`);
  };

  /** Opened at the first commit: so a new thread takes over without being told what the old one had open. */
  #targetOf(file: string): Target {
    const known = this.#targets.get(file);
    if (known !== undefined) return known;
    const { db, layout } = connect(file, BUSY_MS);
    db.exec(`PRAGMA wal_autocheckpoint = ${Math.floor(WAL_BYTES / layout.pageBytes)}`);
    db.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192');
    const checkpoint = db.prepare('SELECT position FROM checkpoint').raw();
    const target = { db, writes: layout.writes(db), setCheckpoint: db.prepare(SET_CHECKPOINT), checkpoint };
    this.#targets.set(file, target);
    return target;
  }
}

/**
 * Rows and checkpoint in one transaction: both are there, or neither. A commit whose answer was lost is repeated: what the file holds
 * already is not written twice, and its checkpoint never goes back.
 */
function commit({ db, writes, setCheckpoint, checkpoint }: Target, rows: RowCells, position: string): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const [[held] = []] = checkpoint.all([]) as unknown as [string][];
    if (held === undefined || comparePositions(held, position) < 0) {
      writes.write(rows);
      setCheckpoint.run([position]);
    }
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    writes.drop();
    throw error;
  }
}
