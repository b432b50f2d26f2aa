import type { EventType } from '#contracts/events/catalogue.js';
import type { EpochMs } from '#contracts/time.js';
import type { Projection, StoredEvent } from './projection.js';
import { messageOf } from './storage/failures.js';
import type { RowCells } from './storage/written-row.js';

type Handle<Row> = (row: Row | null, event: StoredEvent) => Row | null;

/** A projection cannot go on: its handler threw, or it does not know the event. Names the event. */
export class HandlerFailed extends Error {
  override readonly name = 'HandlerFailed';

  constructor(projection: string, event: StoredEvent, cause: unknown) {
    const { type, id, position, revision, stream } = event;
    const place = `${type} ${id} at position ${position} (revision ${revision} of ${stream})`;
    super(`${projection} cannot handle ${place}: ${messageOf(cause)}`, { cause });
  }
}

/** A projection as code runs it: by the event's type. */
export class Handlers<Row extends object> {
  readonly #projection: Projection<Row>;
  readonly #byType: ReadonlyMap<string, 'ignored' | Handle<Row>>;

  constructor(projection: Projection<Row>) {
    this.#projection = projection;
    this.#byType = new Map(Object.entries(projection.on as Record<EventType, 'ignored' | Handle<Row>>));
  }

  get appendOnly(): boolean {
    return this.#projection.appendOnly ?? false;
  }

  get changesOften(): boolean {
    return this.#projection.changesOften ?? false;
  }

  handles(event: StoredEvent): boolean {
    const handle = this.#byType.get(event.type);
    return handle !== undefined && handle !== 'ignored';
  }

  /** Whether an event of these types may matter: unknown ones do. */
  concernedBy(types: ReadonlySet<string>): boolean {
    for (const type of types) if (this.#byType.get(type) !== 'ignored') return true;
    return false;
  }

  /** Null when no row changes. Throws HandlerFailed, also for a type that the catalogue lacks. */
  keyOf(event: StoredEvent): string | null {
    const handle = this.#byType.get(event.type);
    if (handle === 'ignored') return null;
    try {
      if (handle === undefined) throw new Error('the program does not know this type');
      return this.#projection.keyOf(event);
    } catch (error) {
      throw new HandlerFailed(this.#projection.name, event, error);
    }
  }

  /** The row behind the event; null: there is none any more. Throws HandlerFailed. */
  after(row: Row | null, event: StoredEvent): Row | null {
    try {
      return (this.#byType.get(event.type) as Handle<Row>)(row, event);
    } catch (error) {
      throw new HandlerFailed(this.#projection.name, event, error);
    }
  }

  /** Adds the cells of the row that the event makes; only for a projection that appends. Throws HandlerFailed. */
  append(event: StoredEvent, cells: RowCells): void {
    const key = this.keyOf(event);
    if (key === null) return;
    const row = this.after(null, event);
    try {
      const [second = null, third = null] = this.#projection.alsoUnder?.(event) ?? [];
      if (row !== null) cells.push(key, JSON.stringify(row), second, third);
    } catch (error) {
      throw new HandlerFailed(this.#projection.name, event, error);
    }
  }

  /** When something must happen to the row; null: never. */
  dueAt(row: Row): EpochMs | null {
    return this.#projection.dueAt?.(row) ?? null;
  }

  /** Adds the row's cells. Throws when the row is no JSON or the projection's `dueAt` does. */
  encode(key: string, row: Row | null, cells: RowCells): void {
    if (row === null) cells.push(key, null, null);
    else cells.push(key, JSON.stringify(row), this.dueAt(row));
  }
}
