import type { EpochMs } from '#contracts/time.js';
import type { Connection } from './connect.js';
import type { RowCells } from './written-row.js';

/** Where a row stands among the others: its key, or a number where rows stand in the order in which they came. */
export type Place = string | number;

/** A row with all that its file says of it. */
export type PlacedRow = readonly [
  place: Place,
  key: string,
  json: string,
  due: EpochMs | null,
  second: string | null,
  third: string | null,
];

export type StoredRow = readonly [key: string, json: string, due: EpochMs | null];

export interface KeyRange {
  /** Empty, or all up to the last '/' of the keys. */
  readonly prefix: string;
  /** Exclusive. */
  readonly after?: string;
  readonly limit: number;
  readonly descending?: boolean;
}

/** How the rows of a generation stand in its file. */
export interface Layout {
  /** The file's `user_version` once it is complete: a file with another value is built anew. */
  readonly format: number;
  readonly pageBytes: number;
  readonly create: string;
  /** Answers how many rows there are. */
  readonly count: string;
  /** Answers the rows behind a place, as PlacedRows in their order. */
  readonly behind: string;
  /** In front of every row. */
  readonly start: Place;
  writes(db: Connection): RowWrites;
  queries(db: Connection): RowQueries;
}

/** Puts rows into a file, inside the caller's transaction. */
export interface RowWrites {
  /** The keys of one call differ from each other. */
  write(rows: RowCells): void;
  /** The transaction was rolled back. */
  drop(): void;
}

/** Every query is read to its end: an open one would pin the WAL. */
export interface RowQueries {
  get(key: string): string | null;
  scan(range: KeyRange): readonly StoredRow[];
  due(at: EpochMs, limit: number): readonly (readonly [key: string, due: EpochMs])[];
}

export const CHECKPOINT_TABLE =
  'CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), position TEXT NOT NULL);';

export const SET_CHECKPOINT =
  'INSERT INTO checkpoint (id, position) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET position = excluded.position';
