import { LRUCache } from 'lru-cache';
import type { Position } from '#event-store/event-store.js';
import { Handlers } from '../handlers.js';
import type { Projection, StoredEvent } from '../projection.js';
import { CallThread } from '../storage/call-thread.js';
import { parseRow } from '../storage/row-file.js';
import type { RowCells } from '../storage/written-row.js';
import type { TimeSlice } from '../time-slice.js';
import type { BulkData, BulkRequest } from './bulk-thread.js';

/** Cells of one message to the thread: of about 250 rows. */
const CHUNK_CELLS = 1_000;
/** Messages that may wait for the thread. About 40 MB of rows. */
const CHUNKS_IN_FLIGHT = 400;
/** Rows that are folded in memory and written when they have not changed for long. Several pages of events fit. */
const KEPT_ROWS = 20_000;

interface Kept<Row> {
  row: Row | null;
  dirty: boolean;
}

/** A new generation of one read model while it is filled: folded here, sorted and written in a thread. */
export class BuildTarget<Row extends object> {
  checkpoint: Position | null = null;
  readonly #handlers: Handlers<Row>;
  readonly #thread: CallThread;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #kept: LRUCache<string, Kept<Row>>;
  #cells: RowCells = [];
  #failure: unknown;

  constructor(
    projection: Projection<Row>,
    readonly file: string,
  ) {
    this.#handlers = new Handlers(projection);
    const { appendOnly } = this.#handlers;
    this.#thread = new CallThread(new URL('./bulk-thread.js', import.meta.url), {
      file,
      appendOnly,
    } satisfies BulkData);
    this.#kept = new LRUCache({ max: KEPT_ROWS, dispose: (kept, key) => this.#write(key, kept) });
  }

  /**
   * Folds the next events, which are of `types` and no others. Rejects with HandlerFailed, or with what the thread failed of.
   */
  async apply(events: readonly StoredEvent[], types: ReadonlySet<string>, slice: TimeSlice): Promise<void> {
    if (this.#handlers.concernedBy(types)) await this.#foldAll(events, slice);
    this.checkpoint = events.at(-1)?.position ?? this.checkpoint;
    await this.#makeRoom();
  }

  /** Completes the file and closes it. Answers the number of rows. */
  async finish(): Promise<number> {
    for (const [key, kept] of this.#kept.entries()) this.#write(key, kept);
    this.#send();
    await Promise.all(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure;
    const rows = await this.#thread.call<number>({ kind: 'finish', position: this.checkpoint } satisfies BulkRequest);
    await this.#thread.end();
    return rows;
  }

  /** Lets go of the file, which is of no use. */
  async abandon(): Promise<void> {
    await this.#thread.abandon();
  }

  async #foldAll(events: readonly StoredEvent[], slice: TimeSlice): Promise<void> {
    const keys = this.#handlers.appendOnly ? null : events.map((event) => this.#handlers.keyOf(event));
    if (keys !== null) await this.#load(keys);
    for (const [at, event] of events.entries()) {
      if (slice.over()) await slice.rest();
      const key = keys?.[at] ?? null;
      if (keys === null) this.#handlers.append(event, this.#cells);
      else if (key !== null) this.#fold(key, event);
      if (this.#cells.length >= CHUNK_CELLS) this.#send();
    }
  }

  /** Brings the rows of the page into memory, in one round trip. */
  async #load(keys: readonly (string | null)[]): Promise<void> {
    const missing = new Set<string>();
    // `get` and not `has`: it keeps what the page needs from being dropped for what is loaded.
    for (const key of keys) if (key !== null && this.#kept.get(key) === undefined) missing.add(key);
    if (missing.size === 0) return;
    this.#send();
    const wanted = [...missing];
    const values = await this.#thread.call<(string | null)[]>({ kind: 'load', keys: wanted } satisfies BulkRequest);
    wanted.forEach((key, at) => {
      const json = values[at] ?? null;
      this.#kept.set(key, { row: json === null ? null : parseRow<Row>(key, json), dirty: false });
    });
  }

  #fold(key: string, event: StoredEvent): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) throw new Error(`row ${key} was dropped while it was needed`);
    const row = this.#handlers.after(kept.row, event);
    kept.dirty ||= row !== kept.row;
    kept.row = row;
  }

  #write(key: string, kept: Kept<Row>): void {
    if (kept.dirty) this.#handlers.encode(key, kept.row, this.#cells);
  }

  #send(): void {
    if (this.#cells.length === 0) return;
    const sent: Promise<void> = this.#thread
      .call<null>({ kind: 'rows', rows: this.#cells } satisfies BulkRequest)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .then(() => {
        this.#inFlight.delete(sent);
      });
    this.#inFlight.add(sent);
    this.#cells = [];
  }

  async #makeRoom(): Promise<void> {
    while (this.#inFlight.size >= CHUNKS_IN_FLIGHT) await Promise.race(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure;
  }
}
