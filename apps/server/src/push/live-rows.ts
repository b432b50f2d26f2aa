import { LRUCache } from 'lru-cache';
import { comparePositions, type Position } from '#event-store/event-store.js';
import type { EventHandler, Projection, StoredEvent } from '#read-models/projection.js';
import type { ReadModel } from '#read-models/read-model.js';

/** Rows that are held; those used least recently are taken from the read model again. */
const HELD_ROWS = 10_000;
/** Events that may wait for a read model that is behind. */
const EARLY_EVENTS = 10_000;

/** The rows cannot be had right now: the read model is behind or is being built anew. */
export class RowsBehind extends Error {
  override readonly name = 'RowsBehind';
}

/** A row in front of an event and behind it. `before` is null also where only a later row is known. */
export interface Change<Row> {
  readonly before: Row | null;
  /** At least as new as the event; null: not known. */
  readonly after: Row | null;
}

/**
 * The rows of a read model as they stand behind each event of a feed, which is ahead of the read model or behind it: taken from the
 * read model once and folded from then on by the read model's own handlers. The feed must begin at or before the checkpoint that the
 * read model had when the feed began; where it leaves events out, `letGo` says so: a row that is not held has missed nothing.
 */
export class LiveRows<Row extends { readonly position: Position }> {
  private readonly held: LRUCache<string, Row>;
  /** The read model must be there: how a row that is not held has changed up to here is not known in this place. */
  private letGoUpTo: Position = '0';
  /** By key: events that came while the read model was not there yet. They are folded over its row as soon as it is. */
  private readonly early = new Map<string, StoredEvent[]>();
  private earlyCount = 0;

  constructor(
    private readonly model: ReadModel<Row>,
    private readonly projection: Projection<Row>,
    capacity = HELD_ROWS,
  ) {
    this.held = new LRUCache({
      max: capacity,
      dispose: (row, _, reason) => {
        if (reason === 'evict') this.missed(row.position);
      },
    });
  }

  /** The newest row known, perhaps newer than the feed; null: there is none. Throws RowsBehind. */
  get(key: string): Row | null {
    const held = this.held.get(key);
    if (held !== undefined) return held;
    const { checkpoint } = this.model;
    if (this.letGoUpTo !== '0' && (checkpoint === null || comparePositions(checkpoint, this.letGoUpTo) < 0)) {
      throw new RowsBehind(`${this.model.name} is behind ${this.letGoUpTo}`);
    }
    let row = this.read(key);
    for (const event of this.takeEarly(key)) row = this.folded(row, event);
    if (row !== null) this.held.set(key, row);
    return row;
  }

  /** Takes the row along with the next event of the feed. */
  apply(event: StoredEvent): Change<Row> {
    const key = this.projection.on[event.type] === 'ignored' ? null : this.projection.keyOf(event);
    if (key === null) return { before: null, after: null };
    let before: Row | null;
    try {
      before = this.get(key);
    } catch (error) {
      if (!(error instanceof RowsBehind)) throw error;
      this.keepEarly(key, event);
      return { before: null, after: null };
    }
    if (!isNext(before, event)) return { before: null, after: before };
    const after = this.folded(before, event);
    if (after !== null) this.held.set(key, after);
    return { before, after };
  }

  /** Holds nothing any more; the feed has left out events up to that position. */
  letGo(position: Position): void {
    this.held.clear();
    this.forgetEarly(position);
  }

  private folded(row: Row | null, event: StoredEvent): Row | null {
    if (!isNext(row, event)) return row;
    const handler = this.projection.on[event.type] as EventHandler<Row, typeof event.type>;
    return handler(row, event as never);
  }

  private keepEarly(key: string, event: StoredEvent): void {
    if (this.earlyCount === EARLY_EVENTS) {
      this.forgetEarly(event.position);
      return;
    }
    const waiting = this.early.get(key);
    if (waiting === undefined) this.early.set(key, [event]);
    else waiting.push(event);
    this.earlyCount += 1;
  }

  private forgetEarly(upTo: Position): void {
    this.early.clear();
    this.earlyCount = 0;
    this.missed(upTo);
  }

  private takeEarly(key: string): readonly StoredEvent[] {
    const waiting = this.early.get(key) ?? [];
    this.early.delete(key);
    this.earlyCount -= waiting.length;
    return waiting;
  }

  private missed(position: Position): void {
    if (comparePositions(position, this.letGoUpTo) > 0) this.letGoUpTo = position;
  }

  private read(key: string): Row | null {
    try {
      return this.model.get(key);
    } catch (error) {
      throw new RowsBehind(`${this.model.name} does not answer`, { cause: error });
    }
  }
}

/** False when the event is contained in the row, or is no beginning: then the read model is not as far as it should be. */
const isNext = (row: { readonly position: Position } | null, event: StoredEvent): boolean =>
  row === null ? event.revision === 0 : comparePositions(row.position, event.position) < 0;
