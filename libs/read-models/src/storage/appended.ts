import { InsertRows } from '#platform/insert-rows.js';
import { compareKeys } from '../row-keys.js';
import type { Connection, Query } from './connect.js';
import { GrowingPrefixes, KeyPrefixes, splitKey } from './key-prefixes.js';
import {
  CHECKPOINT_TABLE,
  type KeyRange,
  type Layout,
  type RowQueries,
  type RowWrites,
  type StoredRow,
} from './layout.js';
import { AFTER_ALL, RangeQueries } from './range-queries.js';
import type { Cell, RowCells } from './written-row.js';

const COLUMNS = 'prefix, rest, value, second_prefix, second_rest, third_prefix, third_rest';
const CELLS = 4;
const textOf = (prefix: string) => `(SELECT text FROM prefixes WHERE id = ${prefix})`;

/**
 * Rows that stay as they are, one behind the other as they came, each under up to three keys. A row is written to the end of the
 * table, whatever its keys are: with three indexes that costs a third of three rows in the order of their keys. What a key shares
 * with its neighbours is a number here, because it would stand in every row and in every entry of an index. `rows` has each row
 * under each of its keys.
 */
export const appended: Layout = {
  format: 4,
  pageBytes: 4_096,
  create: `
    CREATE TABLE prefixes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
    CREATE TABLE entries (
      id INTEGER PRIMARY KEY, prefix INTEGER NOT NULL, rest TEXT NOT NULL, value TEXT NOT NULL,
      second_prefix INTEGER, second_rest TEXT, third_prefix INTEGER, third_rest TEXT
    );
    CREATE VIEW rows AS
      SELECT prefix, rest, value FROM entries
      UNION ALL SELECT second_prefix, second_rest, value FROM entries WHERE second_prefix IS NOT NULL
      UNION ALL SELECT third_prefix, third_rest, value FROM entries WHERE third_prefix IS NOT NULL;
    CREATE INDEX keys ON entries (prefix, rest);
    CREATE INDEX second_keys ON entries (second_prefix, second_rest) WHERE second_prefix IS NOT NULL;
    CREATE INDEX third_keys ON entries (third_prefix, third_rest) WHERE third_prefix IS NOT NULL;
    ${CHECKPOINT_TABLE}
  `,
  count: 'SELECT count(*) FROM entries',
  behind: `SELECT id, ${textOf('prefix')} || rest, value, NULL, ${textOf('second_prefix')} || second_rest,
    ${textOf('third_prefix')} || third_rest FROM entries WHERE id > ? ORDER BY id LIMIT ?`,
  start: 0,
  writes: (db) => new AppendedWrites(db),
  queries: (db) => new AppendedQueries(db),
};

class AppendedWrites implements RowWrites {
  readonly #prefixes: GrowingPrefixes;
  readonly #insert: InsertRows;

  constructor(db: Connection) {
    this.#prefixes = new GrowingPrefixes(db);
    this.#insert = new InsertRows(db, COLUMNS.split(',').length, `INSERT INTO entries (${COLUMNS})`);
  }

  write(rows: RowCells): void {
    const cells: Cell[] = [];
    for (let at = 0; at < rows.length; at += CELLS) {
      this.#pushKey(cells, rows[at] as string);
      cells.push(rows[at + 1] as string);
      this.#pushKey(cells, rows[at + 2] as string | null);
      this.#pushKey(cells, rows[at + 3] as string | null);
    }
    this.#insert.run(cells);
  }

  drop(): void {
    this.#prefixes.drop();
  }

  #pushKey(cells: Cell[], key: string | null): void {
    if (key === null) {
      cells.push(null, null);
      return;
    }
    const [prefix, rest] = splitKey(key);
    cells.push(this.#prefixes.findOrAdd(prefix), rest);
  }
}

class AppendedQueries implements RowQueries {
  readonly #prefixes: KeyPrefixes;
  readonly #get: Query;
  readonly #ofPrefix: RangeQueries;
  readonly #ofAll: RangeQueries;

  constructor(db: Connection) {
    this.#prefixes = new KeyPrefixes(db);
    this.#get = db.prepare('SELECT value FROM rows WHERE prefix = ? AND rest = ?').raw();
    this.#ofPrefix = new RangeQueries(db, 'SELECT rest, value, NULL FROM rows WHERE prefix = ? AND', 'rest');
    const keyed = '(SELECT text || rest AS key, value FROM rows JOIN prefixes ON prefixes.id = prefix)';
    this.#ofAll = new RangeQueries(db, `SELECT key, value, NULL FROM ${keyed} WHERE`, 'key');
  }

  get(key: string): string | null {
    const [prefix, rest] = splitKey(key);
    const id = this.#prefixes.find(prefix);
    return id === null ? null : ((this.#get.get([id, rest]) as [string] | undefined)?.[0] ?? null);
  }

  /** Without a prefix the whole file is read. */
  scan(range: KeyRange): readonly StoredRow[] {
    const { prefix, after } = range;
    if (prefix === '') return this.#ofAll.all([], range);
    const id = this.#prefixes.find(prefix);
    if (id === null) return [];
    const rest = after === undefined ? {} : { after: restOf(after, prefix) };
    const found = this.#ofPrefix.all([id], { ...range, prefix: '', ...rest });
    return found.map(([key, json, due]) => [prefix + key, json, due]);
  }

  due(): readonly [] {
    return [];
  }
}

/** Of a key that need not have the prefix. */
function restOf(key: string, prefix: string): string {
  if (key.startsWith(prefix)) return key.slice(prefix.length);
  return compareKeys(key, prefix) < 0 ? '' : AFTER_ALL;
}
