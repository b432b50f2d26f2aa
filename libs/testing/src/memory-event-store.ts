import { checkWhole } from '#event-store/check-whole.js';
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
import type { Upcast } from '#event-store/upcast.js';

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

  /** Without `upcast`, events of any type and version are taken, and read as they were appended. */
  constructor(
    private readonly now: () => number = () => 0,
    private readonly upcast: Upcast = (_type, _version, data) => ({ data: data as object }),
  ) {}

  /** Plans faults for the next appends, in order. */
  plan(...faults: Fault[]): void {
    this.faults.push(...faults);
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    this.mustBeOpen();
    await Promise.resolve();
    const fault = this.faults.shift();
    if (fault === 'fail') throw new StoreUnavailable('planned failure', false);
    this.beforeAppend(stream);
    const result = this.commit(stream, expected, events);
    if (fault === 'lose-reply') throw new StoreUnavailable('planned loss of the reply', true);
    return result;
  }

  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<readonly RecordedEvent[]> {
    checkWhole('fromRevision', fromRevision, 0);
    checkWhole('maxCount', maxCount, 1);
    this.mustBeOpen();
    return (this.streams.get(stream) ?? []).slice(fromRevision, fromRevision + maxCount);
  }

  async readAll(
    after: Position | null,
    maxCount: number,
    types?: readonly string[],
  ): Promise<readonly RecordedEvent[]> {
    checkWhole('maxCount', maxCount, 1);
    this.mustBeOpen();
    return this.behind(after, maxCount, types);
  }

  async head(): Promise<Position | null> {
    this.mustBeOpen();
    return this.last();
  }

  async idAt(position: Position): Promise<string | null> {
    this.mustBeOpen();
    return this.all[Number(position) - 1]?.id ?? null;
  }

  async *follow({ after, signal, types }: FollowOptions): AsyncIterable<readonly RecordedEvent[]> {
    let position = after;
    while (!signal.aborted && !this.closed) {
      // The end first: what is committed after it must not be passed over.
      const head = this.last();
      const batch = this.behind(position, 1_000, types);
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

  private last(): Position | null {
    return this.all.at(-1)?.position ?? null;
  }

  private behind(after: Position | null, maxCount: number, types?: readonly string[]): readonly RecordedEvent[] {
    const tail = this.all.slice(after === null ? 0 : Number(after));
    return (types === undefined ? tail : tail.filter(({ type }) => types.includes(type))).slice(0, maxCount);
  }

  private mustBeOpen(): void {
    if (this.closed) throw new StoreUnavailable('the store is closed', false);
  }

  private commitBehind(head: Position | null, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.closed || head !== this.last()) return Promise.resolve();
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
    if (expected !== 'no-stream') checkWhole('expected', expected, 0);
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
    const recorded = events.map(({ version, ...event }, i): RecordedEvent => {
      const position = String(this.all.length + i + 1);
      const { data } = this.upcast(event.type, version, event.data);
      return structuredClone({ ...event, data, stream, revision: first + i, position, recordedAt: this.now() });
    });
    this.all.push(...recorded);
    this.streams.set(stream, [...present, ...recorded]);
    for (const wake of this.waiting) wake();
    return { outcome: 'appended', events: recorded };
  }
}
