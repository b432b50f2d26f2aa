import {
  type AppendResult,
  comparePositions,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type FollowOptions,
  type Position,
  type RecordedEvent,
  StoreUnavailable,
} from '#event-store/event-store.js';

/** An event store in memory, with faults on demand. Positions have gaps, as the port allows. */
export class MemoryStore implements EventStore {
  readonly events: RecordedEvent[] = [];
  /** Reads reject and followers fall silent while it is set. */
  down = false;
  /** Followers get nothing while it is set; reads are answered. */
  silent = false;
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #sleepers = new Set<() => void>();
  #closed = false;

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    const recorded = this.#streams.get(stream) ?? [];
    const actual = recorded.length === 0 ? 'no-stream' : recorded.length - 1;
    if (actual !== expected) return { outcome: 'conflict', actual };
    return { outcome: 'appended', events: this.record(stream, events) };
  }

  /** Appends whatever the revision is. */
  record(stream: string, events: readonly EventToAppend[]): readonly RecordedEvent[] {
    const recorded = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, recorded);
    const added = events.map(({ id, type, data, metadata }, at): RecordedEvent => {
      const position = String((this.events.length + at + 1) * 3);
      return { id, type, data, metadata, stream, revision: recorded.length + at, position, recordedAt: Date.now() };
    });
    recorded.push(...added);
    this.events.push(...added);
    this.#wake();
    return added;
  }

  /** Switches the store on and lets followers have what they have missed. */
  up(): void {
    this.down = false;
    this.silent = false;
    this.#wake();
  }

  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<readonly RecordedEvent[]> {
    this.#mustBeUp();
    return (this.#streams.get(stream) ?? []).slice(fromRevision, fromRevision + maxCount);
  }

  async readAll(
    after: Position | null,
    maxCount: number,
    types?: readonly string[],
  ): Promise<readonly RecordedEvent[]> {
    this.#mustBeUp();
    const from = this.#indexBehind(after);
    if (types === undefined) return this.events.slice(from, from + maxCount);
    return this.events
      .slice(from)
      .filter(({ type }) => types.includes(type))
      .slice(0, maxCount);
  }

  async head(): Promise<Position | null> {
    this.#mustBeUp();
    return this.events.at(-1)?.position ?? null;
  }

  async idAt(position: Position): Promise<string | null> {
    this.#mustBeUp();
    return this.events.find((event) => event.position === position)?.id ?? null;
  }

  async *follow({ after, signal }: FollowOptions): AsyncIterable<readonly RecordedEvent[]> {
    let from = this.#indexBehind(after);
    signal.addEventListener('abort', () => this.#wake());
    while (!signal.aborted && !this.#closed) {
      const batch = this.down || this.silent ? [] : this.events.slice(from, from + 1_000);
      from += batch.length;
      if (batch.length > 0) yield batch;
      else if (!signal.aborted) await new Promise<void>((resolve) => this.#sleepers.add(resolve));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#sleepers) wake();
    this.#sleepers.clear();
  }

  #indexBehind(after: Position | null): number {
    if (after === null) return 0;
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (comparePositions(this.events[middle]?.position ?? '', after) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #mustBeUp(): void {
    if (this.down) throw new StoreUnavailable('the store is switched off', false);
  }
}
