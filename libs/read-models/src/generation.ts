import { LRUCache } from 'lru-cache';
import { comparePositions, type Position } from '#event-store/event-store.js';
import { HandlerFailed, type Handlers } from './handlers.js';
import type { StoredEvent } from './projection.js';
import { messageOf } from './storage/failures.js';
import type { GenerationName } from './storage/generation-files.js';
import { parseRow, RowFile } from './storage/row-file.js';
import type { RowWriter } from './storage/row-writer.js';
import type { RowCells } from './storage/written-row.js';
import { TimeSlice } from './time-slice.js';

/** Rows that bids keep changing are not read and parsed again for every batch. */
const HOT_ROWS = 10_000;

/** A run of events folded in memory: what a commit will make true. */
export interface FoldedEvents<Row extends object> {
  readonly rows: ReadonlyMap<string, Row | null>;
  readonly cells: RowCells;
  /** The last event that is contained; null: none is. */
  readonly position: Position | null;
  /** How many of the events are contained, or were already. */
  readonly count: number;
  /** Why the event behind them cannot be folded, or the rows not be encoded; null: all is well. */
  readonly failure: Error | null;
}

/** One generation of a read model that is open: its rows, how far they go, and the way to take them further. */
export class Generation<Row extends object> {
  readonly rows: RowFile;
  readonly #hot = new LRUCache<string, Row>({ max: HOT_ROWS });
  #checkpoint: Position | null;
  #persisted: Position | null;

  /** Throws CorruptRows for a file that cannot serve. */
  constructor(
    readonly name: GenerationName,
    path: string,
    private readonly handlers: Handlers<Row>,
    private readonly writer: RowWriter,
  ) {
    this.rows = new RowFile(path);
    this.#persisted = this.rows.checkpoint();
    this.#checkpoint = this.#persisted;
  }

  /** The last position that the rows reflect. Ahead of the one in the file while only ignored events have come. */
  get checkpoint(): Position | null {
    return this.#checkpoint;
  }

  /** Whether the rows reflect the position. */
  holds(position: Position): boolean {
    return this.#checkpoint !== null && comparePositions(position, this.#checkpoint) <= 0;
  }

  /**
   * Folds the events over the rows as they are; those that the rows hold already are passed over. Writes nothing.
   * Rejects when a row cannot be read.
   */
  async fold(events: readonly StoredEvent[]): Promise<FoldedEvents<Row>> {
    const slice = new TimeSlice();
    const rows = new Map<string, Row | null>();
    const appended: RowCells = [];
    let position: Position | null = null;
    let failure: Error | null = null;
    let count = 0;
    for (const event of events) {
      if (slice.over()) await slice.rest();
      if (position !== null || !this.holds(event.position)) {
        failure = this.#foldOne(event, rows, appended);
        if (failure !== null) break;
        position = event.position;
      }
      count += 1;
    }
    try {
      return { rows, cells: await this.#encoded(rows, appended, slice), position, count, failure };
    } catch (error) {
      failure = new Error(`${this.name.name} cannot encode its rows at position ${position}: ${messageOf(error)}`);
      return { rows: new Map(), cells: [], position: null, count: 0, failure };
    }
  }

  /** Makes the rows and the position true in one transaction. Rejects as RowWriter does: then nothing has changed. */
  async commit({ rows, cells, position }: FoldedEvents<Row>): Promise<void> {
    if (position === null) return;
    if (cells.length > 0) {
      await this.writer.commit(this.rows.path, cells, position);
      this.#persisted = position;
      for (const [key, row] of rows) this.#keep(key, row);
    }
    this.#checkpoint = position;
  }

  /** Writes the position of ignored events that came last: a restart begins behind them. */
  async persistCheckpoint(): Promise<void> {
    const position = this.#checkpoint;
    if (position === null || position === this.#persisted) return;
    await this.writer.commit(this.rows.path, [], position);
    this.#persisted = position;
  }

  close(): void {
    this.rows.close();
  }

  async #encoded(rows: ReadonlyMap<string, Row | null>, cells: RowCells, slice: TimeSlice): Promise<RowCells> {
    for (const [key, row] of rows) {
      if (slice.over()) await slice.rest();
      this.handlers.encode(key, row, cells);
    }
    return cells;
  }

  #foldOne(event: StoredEvent, rows: Map<string, Row | null>, appended: RowCells): HandlerFailed | null {
    try {
      if (this.handlers.appendOnly) {
        this.handlers.append(event, appended);
        return null;
      }
      const key = this.handlers.keyOf(event);
      if (key === null) return null;
      const folded = rows.get(key);
      const before = folded === undefined ? this.#load(key) : folded;
      const after = this.handlers.after(before, event);
      if (after !== before) rows.set(key, after);
      return null;
    } catch (error) {
      if (error instanceof HandlerFailed) return error;
      throw error;
    }
  }

  #load(key: string): Row | null {
    const hot = this.#hot.get(key);
    if (hot !== undefined) return hot;
    const json = this.rows.get(key);
    return json === null ? null : parseRow<Row>(key, json);
  }

  #keep(key: string, row: Row | null): void {
    if (row === null) this.#hot.delete(key);
    else this.#hot.set(key, row);
  }
}
