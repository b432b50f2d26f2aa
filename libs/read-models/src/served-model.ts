import type { EpochMs } from '#contracts/time.js';
import { comparePositions, type Position } from '#event-store/event-store.js';
import type { Generation } from './generation.js';
import type { Handlers } from './handlers.js';
import { PositionWaiters } from './position-waiters.js';
import type { StoredEvent } from './projection.js';
import { type KeyedRow, type ReadModel, ReadModelUnavailable, type ScanOptions } from './read-model.js';
import { isCorrupt, messageOf } from './storage/failures.js';

const MAX_LIMIT = 10_000;

type Listener = (events: readonly StoredEvent[]) => void;

export interface ServedModelHooks {
  /** The rows turned out to be damaged; nothing is read from them any more. */
  damaged(reason: string): void;
  listenerThrew(error: unknown): void;
}

/** A read model as its users see it, whichever generation serves. */
export class ServedModel<Row extends object> implements ReadModel<Row> {
  readonly #handlers: Handlers<Row>;
  readonly #hooks: ServedModelHooks;
  readonly #waiters = new PositionWaiters();
  readonly #listeners = new Set<Listener>();
  #generation: Generation<Row> | null;
  #available: (() => void)[] = [];
  /** The last position whose events the listeners have got. */
  #delivered: Position | null;
  /** How far the rows had come when they were withdrawn. */
  #withdrawnAt: Position | null = null;
  #withdrawnFile: string | null = null;
  /** Why there are no rows at the moment. */
  #unavailable: string | null = null;

  constructor(
    readonly name: string,
    handlers: Handlers<Row>,
    generation: Generation<Row>,
    hooks: ServedModelHooks,
  ) {
    this.#handlers = handlers;
    this.#generation = generation;
    this.#hooks = hooks;
    this.#delivered = generation.checkpoint;
  }

  get checkpoint(): Position | null {
    return this.#generation?.checkpoint ?? null;
  }

  /** Null while the rows are built anew. */
  get generation(): Generation<Row> | null {
    return this.#generation;
  }

  /** Why the rows were withdrawn; null: they serve. */
  get damage(): string | null {
    return this.#unavailable;
  }

  get delivered(): Position | null {
    return this.#delivered;
  }

  /** The newest file whose rows turned out to be damaged. */
  get withdrawnFile(): string | null {
    return this.#withdrawnFile;
  }

  /** How far the rows have ever come: whatever takes their place must be there as well. */
  get reached(): Position | null {
    return this.#generation === null ? this.#withdrawnAt : this.#generation.checkpoint;
  }

  get(key: string): Row | null {
    return this.#read((generation) => generation.get(key));
  }

  scan(options: ScanOptions): readonly KeyedRow<Row>[] {
    checkLimit(options.limit);
    return this.#read((generation) => generation.scan(options));
  }

  due(at: EpochMs, limit: number): readonly string[] {
    checkLimit(limit);
    return this.#read((generation) => generation.due(at, limit));
  }

  waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.#generation?.holds(position)) return Promise.resolve(true);
    return this.#waiters.wait(position, timeoutMs);
  }

  onCommitted(listener: Listener): () => void {
    // A function of its own for each call: the same listener twice is two subscriptions.
    const subscription: Listener = (events) => listener(events);
    this.#listeners.add(subscription);
    return () => this.#listeners.delete(subscription);
  }

  /** The rows reflect the events: tells who waits and who listens. */
  committed(events: readonly StoredEvent[]): void {
    this.#tellWaiters();
    const news = events.filter((event) => this.#isNews(event) && this.#handlers.handles(event));
    this.#delivered = events.at(-1)?.position ?? this.#delivered;
    if (news.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(news);
      } catch (error) {
        this.#hooks.listenerThrew(error);
      }
    }
  }

  /** From now on the rows are those of `next`. The caller closes the generation that served before. */
  swap(next: Generation<Row>): void {
    this.#generation = next;
    this.#unavailable = null;
    this.#tellWaiters();
    for (const tell of this.#available.splice(0)) tell();
  }

  /** Stops to serve rows that are damaged. */
  withdraw(reason: string): void {
    if (this.#generation === null) return;
    this.#withdrawnAt = this.#generation.checkpoint;
    this.#withdrawnFile = this.#generation.path;
    this.#generation.close();
    this.#generation = null;
    this.#unavailable = `the read model ${this.name} is damaged and is being built anew: ${reason}`;
    this.#hooks.damaged(reason);
  }

  /** Resolves once there is a generation, or when `signal` is aborted. */
  available(signal: AbortSignal): Promise<void> {
    if (this.#generation !== null || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#available.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  close(): void {
    this.#waiters.close();
    this.#listeners.clear();
    this.#generation?.close();
    this.#generation = null;
    this.#unavailable = 'the read models are closed';
  }

  #isNews = ({ position }: StoredEvent) => this.#delivered === null || comparePositions(position, this.#delivered) > 0;

  #tellWaiters(): void {
    if (this.checkpoint !== null) this.#waiters.reached(this.checkpoint);
  }

  #read<Result>(query: (generation: Generation<Row>) => Result): Result {
    if (this.#generation === null) throw new ReadModelUnavailable(this.#unavailable ?? '');
    try {
      return query(this.#generation);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      this.withdraw(messageOf(error));
      throw new ReadModelUnavailable(this.#unavailable ?? '', { cause: error });
    }
  }
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return;
  throw new RangeError(`limit must be a whole number from 1 to ${MAX_LIMIT}, not ${limit}`);
}
