import { comparePositions, type EventReader, type Position } from '#event-store/event-store.js';
import type { EventHandler, Projection, StoredEvent } from '#read-models/projection.js';
import type { KeyedRow, ReadModel, ScanOptions } from '#read-models/read-model.js';

/** A read model in memory that comes along only when it is told to. */
export class LaggingModel<Row extends object> implements ReadModel<Row> {
  readonly name: string;
  checkpoint: Position | null = null;
  private readonly rows = new Map<string, Row>();
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly store: EventReader,
    private readonly projection: Projection<Row>,
  ) {
    this.name = projection.name;
  }

  /** Applies so many further events. */
  async advance(events = Number.MAX_SAFE_INTEGER): Promise<void> {
    for (const event of await this.store.readAll(this.checkpoint, events)) this.apply(event as StoredEvent);
    for (const wake of this.waiting) wake();
  }

  private apply(event: StoredEvent): void {
    const handler = this.projection.on[event.type] as 'ignored' | EventHandler<Row, typeof event.type>;
    const key = handler === 'ignored' ? null : this.projection.keyOf(event);
    if (handler !== 'ignored' && key !== null) {
      const row = handler(this.rows.get(key) ?? null, event as never);
      if (row === null) this.rows.delete(key);
      else this.rows.set(key, row);
    }
    this.checkpoint = event.position;
  }

  get(key: string): Row | null {
    return this.rows.get(key) ?? null;
  }

  scan({ prefix, after, limit, descending = false }: ScanOptions): readonly KeyedRow<Row>[] {
    const keys = [...this.rows.keys()].filter((key) => key.startsWith(prefix)).sort();
    if (descending) keys.reverse();
    const from = after === undefined ? 0 : keys.indexOf(after) + 1;
    return keys.slice(from, from + limit).map((key) => ({ key, row: this.rows.get(key) as Row }));
  }

  due(at: number, limit: number): readonly string[] {
    const due = [...this.rows].filter(([, row]) => (this.projection.dueAt?.(row) ?? Number.POSITIVE_INFINITY) <= at);
    return due.slice(0, limit).map(([key]) => key);
  }

  async waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    const isThere = () => this.checkpoint !== null && comparePositions(this.checkpoint, position) >= 0;
    const deadline = performance.now() + timeoutMs;
    while (!isThere() && performance.now() < deadline) {
      await new Promise<void>((resolve) => {
        const settle = () => {
          clearTimeout(timer);
          this.waiting.delete(settle);
          resolve();
        };
        const timer = setTimeout(settle, deadline - performance.now());
        this.waiting.add(settle);
      });
    }
    return isThere();
  }

  onCommitted(): () => void {
    return () => undefined;
  }
}
