import { join } from 'node:path';
import {
  type Connection,
  connect,
  connectReadOnly,
  firstRow,
  number,
  type Query,
  rowsOf,
} from '../embedded/connection.js';
import { pageProblems } from '../embedded/content-checks.js';
import { damaged, makeOrCheck, sizeProblems } from '../embedded/sound-file.js';
import { leftNothingBehind, StorageFailure, storageFailure } from '../embedded/storage-failure.js';

/** "Gspl": says of a file that it is one of ours. */
const APPLICATION_ID = 0x4773706c;
const VERSION = 1;

/** What waits; `text` is the caller's. */
export interface SpoolEntry {
  readonly id: string;
  /** Entries come back in this order, equal ones in the order in which they were put. */
  readonly arrival: number;
  readonly text: string;
  /** Why it will never leave by itself; null: it waits. */
  readonly refused: string | null;
}

/** Changes that are committed together. */
export interface SpoolChanges {
  readonly put: readonly Pick<SpoolEntry, 'id' | 'arrival' | 'text'>[];
  readonly remove: readonly string[];
  readonly refuse: readonly { readonly id: string; readonly reason: string }[];
}

export const spoolFile = (directory: string): string => join(directory, 'spool.db');

/** The spool's file: WAL, synchronous=FULL. What it answered is on the disk. */
export class SpoolFile {
  readonly #file: string;
  readonly #db: Connection;
  readonly #put: Query;
  readonly #remove: Query;
  readonly #refuse: Query;

  /** Opens the file or makes it. Throws StorageFailure, without having written, when it is damaged or not ours: what lies in it was acknowledged. */
  constructor(directory: string, maxPages?: number) {
    this.#file = spoolFile(directory);
    try {
      makeOrCheck(this.#file, createTable);
      checkContents(this.#file);
      this.#db = connect(this.#file);
      configure(this.#db);
      if (maxPages !== undefined) this.#db.exec(`PRAGMA max_page_count=${maxPages}`);
    } catch (error) {
      throw storageFailure(this.#file, error);
    }
    this.#put = this.#db.prepare('INSERT OR IGNORE INTO spooled (id, arrival, text) VALUES (?, ?, ?)');
    this.#remove = this.#db.prepare('DELETE FROM spooled WHERE id = ?');
    this.#refuse = this.#db.prepare('UPDATE spooled SET refused = ? WHERE id = ?');
  }

  entries(): SpoolEntry[] {
    const rows = rowsOf(this.#db, 'SELECT id, arrival, text, refused FROM spooled ORDER BY arrival, put').all([]);
    return (rows as [string, number, string, string | null][]).map(([id, arrival, text, refused]) => {
      return { id, arrival, text, refused };
    });
  }

  /** All the changes or none. Throws StorageFailure when nothing was committed for certain. */
  commit({ put, remove, refuse }: SpoolChanges): void {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const { id, arrival, text } of put) this.#put.run([id, arrival, text]);
      for (const id of remove) this.#remove.run([id]);
      for (const { id, reason } of refuse) this.#refuse.run([reason, id]);
    } catch (error) {
      throw this.#undo(error);
    }
    try {
      this.#db.exec('COMMIT');
    } catch (error) {
      throw leftNothingBehind(error) ? this.#undo(error) : error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #undo(error: unknown): StorageFailure {
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
    return storageFailure(this.#file, error);
  }
}

function createTable(db: Connection): void {
  db.exec(`PRAGMA synchronous=FULL; BEGIN; PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${VERSION};
    CREATE TABLE spooled (put INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, arrival INTEGER NOT NULL, text TEXT NOT NULL,
      refused TEXT) STRICT; COMMIT`);
}

/** On a connection that cannot write: another one would copy the log into a damaged file when it closes. */
function checkContents(file: string): void {
  const db = connectReadOnly(file);
  try {
    const version = number(db, 'PRAGMA user_version');
    if (number(db, 'PRAGMA application_id') !== APPLICATION_ID || version !== VERSION) {
      throw new StorageFailure(`${file} is not a spool of this version of Gavel`, true);
    }
    const problems = [...sizeProblems(db, file), ...pageProblems(db)];
    if (problems.length > 0) throw damaged(file, problems);
  } finally {
    db.close();
  }
}

function configure(db: Connection): void {
  const [mode] = firstRow<[string]>(db, 'PRAGMA journal_mode=WAL') ?? [];
  if (mode !== 'wal') throw new Error(`this file system cannot hold a write-ahead log (journal mode ${mode})`);
  db.exec('PRAGMA synchronous=FULL');
}
