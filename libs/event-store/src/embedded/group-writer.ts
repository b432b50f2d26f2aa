import type { EpochMs } from '#contracts/time.js';
import { InsertRows } from '#platform/insert-rows.js';
import {
  type CommitGroup,
  type GroupAppend,
  type NewEvent,
  NO_STREAM,
  type Outcome,
  unpackGroup,
} from './commit-group.js';
import { type Connection, number, type Query, rowsOf } from './connection.js';
import { PendingRows } from './pending-rows.js';
import { type SelectedRows, selectRows } from './rows.js';
import { epochOf, ofStream } from './schema.js';
import { leftNothingBehind, type StorageFailure, storageFailure } from './storage-failure.js';
import { type StreamEnd, StreamEnds } from './stream-ends.js';

/** Writes groups of appends, each group in one transaction, each append at exactly its expected revision. */
export class GroupWriter {
  readonly #db: Connection;
  readonly #file: string;
  readonly #ends: StreamEnds;
  readonly #events: PendingRows;
  readonly #runs: PendingRows;
  readonly #recordedIds: Query;
  readonly #recorded: Query;
  /** Position of the last event that is committed; `#last` runs ahead of it inside the transaction. */
  #head: number;
  #last: number;
  /** Set when the files contradict themselves: writing on would bury the evidence. */
  #damage: StorageFailure | undefined;

  constructor(db: Connection, file: string) {
    this.#db = db;
    this.#file = file;
    this.#ends = new StreamEnds(db);
    this.#events = new PendingRows(new InsertRows(db, 9, 'INSERT INTO events'));
    this.#runs = new PendingRows(new InsertRows(db, 3, 'INSERT INTO runs'));
    const place = `${ofStream('?1', '?2')} LIMIT ?3`;
    this.#recordedIds = rowsOf(db, `SELECT e.id FROM ${place}`);
    // The name comes from the append: a stream that is new in this transaction has no row in `streams` yet.
    this.#recorded = rowsOf(db, selectRows('?4', place));
    this.#head = number(db, 'SELECT max(position) FROM events');
    this.#last = this.#head;
  }

  get head(): number {
    return this.#head;
  }

  /**
   * One outcome per append, in order. Throws StorageFailure when nothing was committed for certain; any other error when a
   * crash of the machine might still bring the group back: then this writer must not be used again.
   */
  commit(group: CommitGroup): Outcome[] {
    if (this.#damage !== undefined) throw this.#damage;
    const outcomes = this.#write(group);
    try {
      this.#db.exec('COMMIT');
    } catch (error) {
      throw leftNothingBehind(error) ? this.#undo(error) : error;
    }
    this.#ends.keep();
    this.#head = this.#last;
    return outcomes;
  }

  #write(group: CommitGroup): Outcome[] {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      const outcomes = unpackGroup(group).map((append) => this.#append(append, group.recordedAt));
      this.#insertAll();
      this.#ends.write();
      return outcomes;
    } catch (error) {
      throw this.#undo(error);
    }
  }

  #append({ stream, expected, rows }: GroupAppend, recordedAt: EpochMs): Outcome {
    const end = this.#ends.of(stream);
    const actual = end?.revision ?? NO_STREAM;
    if (end !== undefined && expected < actual) return this.#repeat(stream, end, expected, rows);
    if (expected !== actual) return { conflict: actual };

    const key = end?.key ?? this.#ends.nextKey();
    const first = this.#last + 1;
    let revision = expected;
    let epoch = end?.epoch;
    for (const [id, type, version, data, metadata] of rows) {
      this.#last += 1;
      revision += 1;
      if (epoch !== epochOf(this.#last)) {
        epoch = epochOf(this.#last);
        this.#runs.add(key, revision, epoch);
      }
      this.#events.add(this.#last, key, revision, id, type, version, data, metadata, recordedAt);
    }
    this.#ends.move(stream, { key, revision, epoch: epoch as number });
    this.#events.insertMost();
    return first;
  }

  #insertAll(): void {
    this.#events.insertAll();
    this.#runs.insertAll();
  }

  /** The stream has moved on: by this very append, slot by slot, or by another one. */
  #repeat(stream: string, end: StreamEnd, expected: number, rows: readonly NewEvent[]): Outcome {
    this.#insertAll();
    const place = [end.key, expected + 1, rows.length];
    const ids = this.#recordedIds.all(place) as [string][];
    const isRepeat = ids.length === rows.length && ids.every(([id], slot) => id === rows[slot]?.[0]);
    if (!isRepeat) return { conflict: end.revision };
    const [text] = this.#recorded.get([...place, stream]) as SelectedRows;
    return { repeat: text as string };
  }

  /** SQLite itself has rolled back after some errors (full, I/O), not after others. */
  #undo(error: unknown): StorageFailure {
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
    this.#ends.drop();
    this.#events.drop();
    this.#runs.drop();
    this.#last = this.#head;
    const failure = storageFailure(this.#file, error);
    if (failure.lasting) this.#damage = failure;
    return failure;
  }
}
