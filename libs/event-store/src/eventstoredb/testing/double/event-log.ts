import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';

/** An event as the server keeps it; bytes as base64, numbers of 64 bits as bigint. */
export interface LogEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  /** Both commit and prepare position: events of one append have positions of their own. */
  readonly position: bigint;
  readonly type: string;
  readonly contentType: string;
  readonly data: string;
  readonly metadata: string;
  /** Ticks of 100 ns since 1970, as text. */
  readonly created: string;
}

export type NewEvent = Pick<LogEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

/** A revision, or what the server calls -1, -2 and -4. */
export type Expected = number | 'no-stream' | 'any' | 'stream-exists';

export type Written =
  | { readonly kind: 'success'; readonly revision: number; readonly position: bigint }
  | { readonly kind: 'wrong-version'; readonly current: number | null };

export interface LogOptions {
  /** Kept in memory alone without it. */
  readonly file?: string | undefined;
  /** fdatasync before an answer: what a real server does. Without it a kill -9 loses nothing either, a power cut would. */
  readonly sync?: boolean | undefined;
}

/** How many own events there are for one of the server's own: real ones write statistics every 30 seconds. */
const EVENTS_PER_STATISTICS = 40;

interface Waiting {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly NewEvent[];
  resolve(written: Written): void;
}

/**
 * The transaction log and its indexes. One append is one line of the file; the appends that wait are written together, and
 * nobody sees one before it is written.
 */
export class EventLog {
  readonly events: LogEvent[] = [];
  readonly #streams = new Map<string, LogEvent[]>();
  /** Event ids with where they were written: what the server remembers for appends at any revision. Not kept. */
  readonly #recentIds = new Map<string, LogEvent>();
  readonly #listeners = new Set<() => void>();
  #waiting: Waiting[] = [];
  #lines: string[] = [];
  readonly #file: number | undefined;
  readonly #sync: boolean;
  #end = 0n;

  constructor({ file, sync = false }: LogOptions) {
    this.#sync = sync;
    if (file !== undefined && existsSync(file)) this.#load(file);
    this.#file = file === undefined ? undefined : openSync(file, 'a');
    if (this.events.length === 0) this.#addSystemEvents();
    this.#writeLines();
  }

  of(stream: string): readonly LogEvent[] {
    return this.#streams.get(stream) ?? [];
  }

  /** Index of the first event at or behind a position. */
  indexAt(position: bigint): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle] as LogEvent).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where the next event will begin. */
  get end(): bigint {
    return this.#end;
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  forgetIds(): void {
    this.#recentIds.clear();
  }

  /** Resolves once it is written. */
  append(stream: string, expected: Expected, events: readonly NewEvent[]): Promise<Written> {
    return new Promise((resolve) => {
      this.#waiting.push({ stream, expected, events, resolve });
      if (this.#waiting.length === 1) setImmediate(() => this.#commit());
    });
  }

  #commit(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const written = waiting.map((append) => this.#decide(append));
    this.#writeLines();
    for (const listener of this.#listeners) listener();
    for (const [i, { resolve }] of waiting.entries()) resolve(written[i] as Written);
  }

  #decide({ stream, expected, events }: Waiting): Written {
    const present = this.of(stream);
    const current = present.length - 1;
    if (expected === 'any' || expected === 'stream-exists') {
      const first = this.#recentIds.get(`${stream}/${events[0]?.id}`);
      if (first !== undefined) return this.#success(stream, first.revision + events.length - 1);
      if (expected === 'stream-exists' && current === -1) return { kind: 'wrong-version', current: null };
      return this.#write(stream, events);
    }
    const behind = expected === 'no-stream' ? -1 : expected;
    if (behind === current) return this.#write(stream, events);
    const isRepeat = behind < current && events.every(({ id }, slot) => present[behind + 1 + slot]?.id === id);
    if (isRepeat) return this.#success(stream, behind + events.length);
    return { kind: 'wrong-version', current: current === -1 ? null : current };
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #success(stream: string, revision: number): Written {
    return { kind: 'success', revision, position: (this.of(stream)[revision] as LogEvent).position };
  }

  #write(stream: string, events: readonly NewEvent[]): Written {
    const created = `${BigInt(Date.now()) * 10_000n}`;
    this.#lines.push(`${JSON.stringify({ stream, created, events })}\n`);
    const written = this.#add(stream, created, events);
    if (!stream.startsWith('$') && this.events.length % EVENTS_PER_STATISTICS < events.length) this.#addStatistics();
    return written;
  }

  #writeLines(): void {
    const lines = this.#lines.join('');
    this.#lines = [];
    if (this.#file === undefined || lines === '') return;
    writeSync(this.#file, lines);
    if (this.#sync) fdatasyncSync(this.#file);
  }

  #add(stream: string, created: string, events: readonly NewEvent[]): Written {
    const ofStream = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, ofStream);
    for (const event of events) {
      const recorded = { ...event, stream, revision: ofStream.length, position: this.#end, created };
      ofStream.push(recorded);
      this.events.push(recorded);
      this.#recentIds.set(`${stream}/${event.id}`, recorded);
      this.#end += BigInt(120 + stream.length + event.type.length + event.data.length + event.metadata.length);
    }
    return this.#success(stream, ofStream.length - 1);
  }

  #load(file: string): void {
    const text = readFileSync(file, 'utf8');
    // Killed while it wrote: the line was never acknowledged.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
    for (const line of whole.split('\n')) {
      if (line === '') continue;
      const { stream, created, events } = JSON.parse(line) as { stream: string; created: string; events: NewEvent[] };
      this.#add(stream, created, events);
    }
    this.#recentIds.clear();
  }

  #addSystemEvents(): void {
    this.#write('$$$stats-127.0.0.1:2113', [systemEvent('$metadata', { $maxAge: 86_400 })]);
    this.#write('$users', [systemEvent('$UserCreated', { loginName: 'admin' })]);
  }

  #addStatistics(): void {
    this.#write('$stats-127.0.0.1:2113', [systemEvent('$statsCollected', { events: this.events.length })]);
  }
}

const systemEvent = (type: string, data: object): NewEvent => ({
  id: crypto.randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(data)).toString('base64'),
  metadata: '',
});
