import type { EpochMs } from '#contracts/time.js';
import type { Handlers } from './handlers.js';
import type { KeyedRow, ScanOptions } from './read-model.js';
import { compareKeys } from './row-keys.js';
import { parseRow, type RowFile } from './storage/row-file.js';

/** Rows that the file does not hold yet; what is read is the file with these laid over it. */
export class RowsAhead<Row extends object> {
  /** Null: the row is gone. */
  readonly #rows = new Map<string, Row | null>();

  constructor(
    private readonly file: RowFile,
    private readonly handlers: Handlers<Row>,
  ) {}

  get size(): number {
    return this.#rows.size;
  }

  /** Undefined: the file knows. */
  get(key: string): Row | null | undefined {
    return this.#rows.get(key);
  }

  put(rows: ReadonlyMap<string, Row | null>): void {
    for (const [key, row] of rows) this.#rows.set(key, row);
  }

  /** As they are now. */
  all(): ReadonlyMap<string, Row | null> {
    return new Map(this.#rows);
  }

  /** The file holds these by now: those that have not changed again are ahead no more. */
  written(rows: ReadonlyMap<string, Row | null>): void {
    for (const [key, row] of rows) if (this.#rows.get(key) === row) this.#rows.delete(key);
  }

  scan(options: ScanOptions): readonly KeyedRow<Row>[] {
    const { prefix, after, limit, descending } = options;
    const compare = descending ? (a: string, b: string) => compareKeys(b, a) : compareKeys;
    const ahead: KeyedRow<Row>[] = [];
    let gone = 0;
    for (const [key, row] of this.#rows) {
      if (!key.startsWith(prefix)) continue;
      if (row === null) gone += 1;
      else if (after === undefined || compare(key, after) > 0) ahead.push({ key, row });
    }
    const found = this.file.scan({ ...options, limit: limit + gone });
    const rows: KeyedRow<Row>[] = [];
    for (const [key, json] of found) if (!this.#rows.has(key)) rows.push({ key, row: parseRow<Row>(key, json) });
    // Behind the last row of a full page the file may hold more: those are for the next one.
    const last = found.length === limit + gone ? found.at(-1)?.[0] : undefined;
    for (const each of ahead) if (last === undefined || compare(each.key, last) <= 0) rows.push(each);
    if (ahead.length > 0) rows.sort((a, b) => compare(a.key, b.key));
    return rows.slice(0, limit);
  }

  due(at: EpochMs, limit: number): readonly string[] {
    // As many as may be found in vain.
    const found = this.file.due(at, limit + this.#rows.size).filter(([key]) => !this.#rows.has(key));
    const due = [...found];
    for (const [key, row] of this.#rows) {
      const own = row === null ? null : this.handlers.dueAt(row);
      if (own !== null && own <= at) due.push([key, own]);
    }
    if (due.length > found.length) due.sort(([a, aDue], [b, bDue]) => aDue - bDue || compareKeys(a, b));
    return due.slice(0, limit).map(([key]) => key);
  }
}
