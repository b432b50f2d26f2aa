import { LRUCache } from 'lru-cache';
import type { EpochMs } from '#contracts/time.js';
import { comparePositions, type Position } from '#event-store/event-store.js';
import { HandlerFailed, type Handlers } from './handlers.js';
import type { StoredEvent } from './projection.js';
import type { KeyedRow, ScanOptions } from './read-model.js';
import { RowsAhead } from './rows-ahead.js';
import { messageOf } from './storage/failures.js';
import type { GenerationName } from './storage/generation-files.js';
import { parseRow, RowFile } from './storage/row-file.js';
import type { RowWriter } from './storage/row-writer.js';
import type { RowCells } from './storage/written-row.js';
import { TimeSlice } from './time-slice.js';

/** Rows that bids keep changing are not read and parsed again for every batch. */
const HOT_ROWS = 10_000;
/** Rows that may be ahead of the file: whoever brings more waits until they are written. */
const MAX_AHEAD = 4_000;

/** The rows cannot be written as JSON: no program of this version can go on. */
export class RowsNotEncodable extends Error {
  override readonly name = 'RowsNotEncodable';
}

/** A run of events folded in memory: what a commit will make true. */
export interface FoldedEvents<Row extends object> {
  /** Those that change. */
  readonly rows: ReadonlyMap<string, Row | null>;
  /** Of those that are appended. */
  readonly cells: RowCells;
  /** The last event that is contained; null: none is. */
  readonly position: Position | null;
  /** How many of the events are contained, or were already. */
  readonly count: number;
  /** Why the event behind them cannot be folded; null: all is well. */
  readonly failure: Error | null;
}

/**
 * One generation of a read model that is open: its rows, how far they go, and the way to take them further. Appended rows are
 * committed to the file before they are read. Rows that change are read from memory at once and written behind that, with their
 * position: those that change often now and then, so that a row that a thousand bids change is written once.
 */
export class Generation<Row extends object> {
  readonly #file: RowFile;
  readonly #ahead: RowsAhead<Row>;
  readonly #hot = new LRUCache<string, Row>({ max: HOT_ROWS });
  #checkpoint: Position | null;
  #persisted: Position | null;
  #turn: Promise<unknown> = Promise.resolve();

  /** Throws CorruptRows for a file that cannot serve. */
  constructor(
    readonly name: GenerationName,
    readonly path: string,
    private readonly handlers: Handlers<Row>,
    private readonly writer: RowWriter,
  ) {
    this.#file = new RowFile(path);
    this.#ahead = new RowsAhead(this.#file, handlers);
    this.#persisted = this.#file.checkpoint();
    this.#checkpoint = this.#persisted;
  }

  /** The last position that the rows reflect. */
  get checkpoint(): Position | null {
    return this.#checkpoint;
  }

  /** The last position that the file holds. */
  get persisted(): Position | null {
    return this.#persisted;
  }

  /** Whether the file shall hold it soon: rows of a model whose rows seldom change. */
  get isUrgent(): boolean {
    return this.#ahead.size > 0 && !this.handlers.changesOften;
  }

  /** Whether the rows reflect the position. */
  holds(position: Position): boolean {
    return this.#checkpoint !== null && comparePositions(position, this.#checkpoint) <= 0;
  }

  get(key: string): Row | null {
    const ahead = this.#ahead.get(key);
    if (ahead !== undefined) return ahead;
    const hot = this.#hot.get(key);
    if (hot !== undefined) return hot;
    const json = this.#file.get(key);
    return json === null ? null : parseRow<Row>(key, json);
  }

  scan(options: ScanOptions): readonly KeyedRow<Row>[] {
    return this.#ahead.scan(options);
  }

  due(at: EpochMs, limit: number): readonly string[] {
    return this.#ahead.due(at, limit);
  }

  /**
   * Folds the events over the rows as they are; those that the rows hold already are passed over. Changes nothing.
   * Rejects when a row cannot be read.
   */
  async fold(events: readonly StoredEvent[]): Promise<FoldedEvents<Row>> {
    const slice = new TimeSlice();
    const rows = new Map<string, Row | null>();
    const cells: RowCells = [];
    let position: Position | null = null;
    let failure: Error | null = null;
    let count = 0;
    for (const event of events) {
      if (slice.over()) await slice.rest();
      if (position !== null || !this.holds(event.position)) {
        failure = this.#foldOne(event, rows, cells);
        if (failure !== null) break;
        position = event.position;
      }
      count += 1;
    }
    return { rows, cells, position, count, failure };
  }

  /** Makes the rows and the position true. Rejects as RowWriter does, or with RowsNotEncodable: then it may be repeated. */
  async commit({ rows, cells, position }: FoldedEvents<Row>): Promise<void> {
    if (position === null) return;
    if (cells.length > 0) return this.#inTurn(() => this.#write(cells, position));
    while (this.#ahead.size > 0 && this.#ahead.size + rows.size > MAX_AHEAD) await this.persist();
    this.#ahead.put(rows);
    for (const [key, row] of rows) this.#keep(key, row);
    this.#checkpoint = position;
  }

  /** Writes what is ahead of the file, in one transaction with the position. Rejects as `commit` does: nothing is lost then. */
  persist(): Promise<void> {
    return this.#inTurn(async () => {
      const position = this.#checkpoint;
      if (position === null || position === this.#persisted) return;
      const rows = this.#ahead.all();
      await this.writer.commit(this.path, await this.#encoded(rows), position);
      this.#persisted = position;
      this.#ahead.written(rows);
    });
  }

  /** What is ahead of the file is dropped: its events are still in the store. */
  close(): void {
    this.#file.close();
  }

  async #write(cells: RowCells, position: Position): Promise<void> {
    await this.writer.commit(this.path, cells, position);
    this.#persisted = position;
    this.#checkpoint = position;
  }

  /** One commit of the file at a time: so its position never goes back. */
  #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(write);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #encoded(rows: ReadonlyMap<string, Row | null>): Promise<RowCells> {
    const slice = new TimeSlice();
    const cells: RowCells = [];
    for (const [key, row] of rows) {
      if (slice.over()) await slice.rest();
      try {
        this.handlers.encode(key, row, cells);
      } catch (error) {
        throw new RowsNotEncodable(`${this.name.name} cannot encode the row ${key}: ${messageOf(error)}`);
      }
    }
    return cells;
  }

  #foldOne(event: StoredEvent, rows: Map<string, Row | null>, cells: RowCells): HandlerFailed | null {
    try {
      if (this.handlers.appendOnly) {
        this.handlers.append(event, cells);
        return null;
      }
      const key = this.handlers.keyOf(event);
      if (key === null) return null;
      const folded = rows.get(key);
      const before = folded === undefined ? this.get(key) : folded;
      const after = this.handlers.after(before, event);
      if (after !== before) rows.set(key, after);
      return null;
    } catch (error) {
      if (error instanceof HandlerFailed) return error;
      throw error;
    }
  }

  #keep(key: string, row: Row | null): void {
    if (row === null) this.#hot.delete(key);
    else this.#hot.set(key, row);
  }
}
