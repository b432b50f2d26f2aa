import {
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type FollowOptions,
  type Position,
  type RecordedEvent,
  StoreUnavailable,
} from '#event-store/event-store.js';

/** What becomes of the next append: refused before the commit, or committed with the reply lost. */
export type Fault = 'fail' | 'lose-reply';

/** An event store in memory, for tests: the port's behaviour, and faults on demand. */
export class MemoryEventStore implements EventStore {
  private readonly all: RecordedEvent[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly waiting = new Set<() => void>();
  private readonly faults: Fault[] = [];
  private closed = false;
  /** Runs in front of each append: another writer, say. */
  beforeAppend: (stream: string) => void = () => undefined;

  constructor(private readonly now: () => number = () => 0) {}

  /** Plans faults for the next appends, in order. */
  plan(...faults: Fault[]): void {
    this.faults.push(...faults);
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    await Promise.resolve();
    const fault = this.faults.shift();
    if (fault === 'fail') throw new StoreUnavailable('planned failure', false);
    this.beforeAppend(stream);
    const result = this.commit(stream, expected, events);
    if (fault === 'lose-reply') throw new StoreUnavailable('planned loss of the reply', true);
    return result;
  }

  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<readonly RecordedEvent[]> {
    return (this.streams.get(stream) ?? []).slice(fromRevision, fromRevision + maxCount);
  }

  async readAll(
    after: Position | null,
    maxCount: number,
    types?: readonly string[],
  ): Promise<readonly RecordedEvent[]> {
    const tail = this.all.slice(after === null ? 0 : Number(after));
    return (types === undefined ? tail : tail.filter(({ type }) => types.includes(type))).slice(0, maxCount);
  }

  async head(): Promise<Position | null> {
    return this.all.at(-1)?.position ?? null;
  }

  async *follow({ after, signal, types }: FollowOptions): AsyncIterable<readonly RecordedEvent[]> {
    let position = after;
    while (!signal.aborted && !this.closed) {
      // The end first: what is committed after it must not be passed over.
      const head = await this.head();
      const batch = await this.readAll(position, 1_000, types);
      if (batch.length > 0) {
        yield batch;
        position = batch.at(-1)?.position ?? position;
      } else {
        position = head ?? position;
        await this.commitBehind(head, signal);
      }
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const wake of this.waiting) wake();
  }

  private commitBehind(head: Position | null, signal: AbortSignal): Promise<void> {
    // Either may have happened between the question and this.
    if (signal.aborted || head !== (this.all.at(-1)?.position ?? null)) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  /** Appends at once, without faults. */
  commit(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): AppendResult {
    if (events.length === 0) throw new TypeError('an append needs at least one event');
    const present = this.streams.get(stream) ?? [];
    const first = expected === 'no-stream' ? 0 : expected + 1;
    if (first < present.length) {
      const slots = present.slice(first, first + events.length);
      const same = slots.length === events.length && slots.every((slot, i) => slot.id === events[i]?.id);
      if (same) return { outcome: 'appended', events: slots };
    }
    if (first !== present.length) {
      return { outcome: 'conflict', actual: present.length === 0 ? 'no-stream' : present.length - 1 };
    }
    const recorded = events.map(({ version: _, ...event }, i): RecordedEvent => {
      const position = String(this.all.length + i + 1);
      return structuredClone({ ...event, stream, revision: first + i, position, recordedAt: this.now() });
    });
    this.all.push(...recorded);
    this.streams.set(stream, [...present, ...recorded]);
    for (const wake of this.waiting) wake();
    return { outcome: 'appended', events: recorded };
  }
}
