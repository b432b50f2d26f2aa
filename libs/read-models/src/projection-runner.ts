import { type EventStore, type Position, StoreUnavailable, StoreUnusable } from '#event-store/event-store.js';
import { backOff } from './backoff.js';
import { EventBatches } from './event-batches.js';
import { type FoldedEvents, type Generation, RowsNotEncodable } from './generation.js';
import type { Log } from './log.js';
import type { StoredEvent } from './projection.js';
import type { ServedModel } from './served-model.js';
import { isCorrupt, messageOf } from './storage/failures.js';

/** Positions, and rows that change often, are written this much later at most. */
const PERSIST_MS = 5_000;
/** Until what could not be written is tried again. */
const RETRY_MS = 1_000;

/** Takes one read model along with the store: follows, folds, commits, tells. */
export class ProjectionRunner<Row extends object> {
  readonly #batches = new EventBatches();
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>;
  #turn: Promise<unknown> = Promise.resolve();
  #persistTimer: NodeJS.Timeout | null = null;
  #unwritten = false;
  #stopped: string | null = null;
  #unreadable: string | null = null;

  constructor(
    readonly model: ServedModel<Row>,
    private readonly store: EventStore,
    private readonly log: Log,
  ) {
    this.#running = Promise.all([this.#feed(), this.#applyAll()]);
  }

  /** Why the model does not go on, null while it does. */
  get failure(): string | null {
    return this.#stopped ?? this.#unreadable;
  }

  /** Runs `task` while no batch is applied. */
  between<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Whether what is ahead of the file could not be written: it is tried again until it can. */
  get unwritten(): boolean {
    return this.#unwritten;
  }

  /** Writes what is ahead of the file. Never rejects. */
  async persist(): Promise<void> {
    const { generation } = this.model;
    if (generation === null) return;
    try {
      await generation.persist();
      this.#unwritten = false;
    } catch (error) {
      this.#unwritten = true;
      this.#cannotCommit(generation, error);
      if (this.#persistTimer !== null) clearTimeout(this.#persistTimer);
      this.#persistTimer = this.#stopping.signal.aborted ? null : this.#persistIn(RETRY_MS);
    }
  }

  /** Ends after the commit under way; what had been read but not applied will be read again. */
  async stop(): Promise<void> {
    this.#halt();
    await this.#running;
    if (this.#persistTimer !== null) clearTimeout(this.#persistTimer);
    await this.persist();
  }

  #halt(): void {
    this.#stopping.abort();
    this.#batches.close();
  }

  async #feed(): Promise<void> {
    const { signal } = this.#stopping;
    let after: Position | null = this.model.delivered;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        for await (const events of this.store.follow({ after, signal })) {
          this.#unreadable = null;
          attempt = 0;
          after = events.at(-1)?.position ?? after;
          await this.#batches.push(events as readonly StoredEvent[]);
        }
        return;
      } catch (error) {
        this.#cannotRead(after, error);
        await backOff(Math.max(1, attempt), signal);
      }
    }
  }

  /** An outage shows in the lag; anything else may last and somebody must look at it. */
  #cannotRead(after: Position | null, error: unknown): void {
    const { name } = this.model;
    const outage = error instanceof StoreUnavailable && !(error.cause instanceof StoreUnusable);
    if (!outage) {
      this.#unreadable = `${name} cannot read the store behind position ${after}: ${messageOf(error)}`;
    }
    this.log.error({ model: name, after, err: error }, 'the store cannot be followed: trying again');
  }

  async #applyAll(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      const events = await this.#batches.next();
      if (events === null) return;
      for (let attempt = 1; !(await this.between(() => this.#apply(events))); attempt += 1) {
        await backOff(attempt, signal);
        await this.model.available(signal);
        if (signal.aborted) return;
      }
    }
  }

  /** False: nothing was applied, try again. */
  async #apply(events: readonly StoredEvent[]): Promise<boolean> {
    const { generation } = this.model;
    if (generation === null) return false;
    const folded = await this.#write(generation, events);
    // Should other rows serve by now, they do not hold what was written to these.
    if (folded === null || this.model.generation !== generation) return false;
    // What stands before an event that failed is applied; nothing behind it ever is by this program.
    this.model.committed(events.slice(0, folded.count));
    if (folded.failure !== null) this.#fail(folded.failure);
    this.#persistSoon();
    return true;
  }

  async #write(generation: Generation<Row>, events: readonly StoredEvent[]): Promise<FoldedEvents<Row> | null> {
    try {
      const folded = await generation.fold(events);
      await generation.commit(folded);
      return folded;
    } catch (error) {
      this.#cannotCommit(generation, error);
      return null;
    }
  }

  #fail({ message: reason }: Error): void {
    this.#stopped = reason;
    this.log.error({ model: this.model.name, reason }, 'a read model has stopped');
    this.#halt();
  }

  #persistSoon(): void {
    if (this.#unwritten) return;
    if (this.model.generation?.isUrgent) void this.persist();
    else this.#persistTimer ??= this.#persistIn(PERSIST_MS);
  }

  #persistIn(ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#persistTimer = null;
      void this.persist();
    }, ms);
    return timer.unref();
  }

  /** Another generation may serve by now, which has nothing to do with it. */
  #cannotCommit(generation: Generation<Row>, error: unknown): void {
    if (this.model.generation !== generation) return;
    if (error instanceof RowsNotEncodable) this.#fail(error);
    else if (isCorrupt(error)) this.model.withdraw(messageOf(error));
    else {
      const next = this.#stopping.signal.aborted ? 'its events are read again at the next start' : 'trying again';
      this.log.error({ model: this.model.name, err: error }, `a read model cannot be written: ${next}`);
    }
  }
}
