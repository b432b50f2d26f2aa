import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Decider } from '#auction/decider.js';
import { nextPoll } from '#platform/next-poll.js';
import { AppendTooLarge, type EventStore, type Position, StoreUnavailable } from '../event-store.js';
import { WORTH_A_COMMIT } from '../worth-a-commit.js';
import { BatchWriter } from './batch-writer.js';
import { type Attempt, type CommandContext, type Outcome, Overloaded } from './command-context.js';
import { CommandIndex } from './command-index.js';
import type { Waiting } from './decide-batch.js';
import { EMPTY_REVISION, type FoldedStream, foldStream, foldTail, type Snapshots } from './folded-stream.js';
import { Pipeline, type PipelineHooks } from './pipeline.js';
import { type StreamWriterOptions, withDefaults } from './stream-writer-options.js';

/** The commands of a stream that is being written. */
interface Mailbox<State, Command, Event> {
  readonly stream: string;
  folded: FoldedStream<State> | undefined;
  readonly queue: Waiting<State, Command, Event>[];
}

/**
 * The one way to write a stream: a mailbox per stream. While an append is in flight commands queue; then all that wait are
 * decided in order and appended as one batch at the exact revision. A conflict (another process wrote) means: fold the tail,
 * decide the same commands again.
 */
export class StreamWriter<State, Command, Event extends { type: string; data: object }> {
  private readonly active = new Map<string, Mailbox<State, Command, Event>>();
  private readonly idle: LRUCache<string, FoldedStream<State>>;
  private readonly options: Required<StreamWriterOptions>;
  private readonly batches: BatchWriter<State, Command, Event>;
  /** Null where others may write the streams. */
  private readonly pipeline: Pipeline<State, Command, Event> | null;
  private waiting = 0;

  constructor(
    private readonly store: EventStore,
    private readonly decider: Decider<State, Command, Event>,
    private readonly streamOf: (id: string) => string,
    options: StreamWriterOptions = {},
    private readonly snapshots?: Snapshots<State>,
  ) {
    this.options = withDefaults(options);
    this.batches = new BatchWriter(store, decider, snapshots, this.options);
    const hooks: PipelineHooks<State, Command, Event> = {
      onAnswered: (batch) => {
        for (const waiting of batch) this.finish(waiting);
      },
      onFailure: this.options.onFailure,
      onConflict: this.options.onConflict,
    };
    this.pipeline =
      store.isSoleWriter === true ? new Pipeline(this.batches, decider, this.options.maxBatch, hooks) : null;
    this.idle = new LRUCache({ max: this.options.maxIdleStreams, ttl: this.options.idleMs, updateAgeOnGet: true });
  }

  /**
   * Carries out one command on the stream of `id` and answers after its events are durable.
   * Rejects with StoreUnavailable, Contention or Overloaded.
   */
  execute(id: string, command: Command, context: CommandContext): Promise<Outcome<State, Event>> {
    return this.attempt(id, command, context).outcome;
  }

  /** The same, for a caller that may take the command back. */
  attempt(id: string, command: Command, context: CommandContext): Attempt<State, Event> {
    const { attempt, waiting } = this.admit(command, context);
    if (waiting !== null) this.enqueue(this.streamOf(id), [waiting]);
    return attempt;
  }

  /** Commands that are decided in this order, and on a stream that is idle as one batch. */
  attemptAll(
    id: string,
    commands: readonly { readonly command: Command; readonly context: CommandContext }[],
  ): Attempt<State, Event>[] {
    const admitted = commands.map(({ command, context }) => this.admit(command, context));
    const waiting = admitted.flatMap((each) => each.waiting ?? []);
    if (waiting.length > 0) this.enqueue(this.streamOf(id), waiting);
    return admitted.map(({ attempt }) => attempt);
  }

  /** The newest state of a stream, as far as the store tells; `revision` -1 when the stream is missing. */
  async load(id: string): Promise<{ state: State; revision: number; position: Position | null }> {
    const stream = this.streamOf(id);
    const known = this.active.get(stream)?.folded ?? this.idle.get(stream);
    const folded = await (known === undefined
      ? foldStream(this.store, stream, this.decider, this.snapshots)
      : foldTail(this.store, stream, this.decider, { ...known, pastCommands: new CommandIndex() }));
    // Whoever asks again soon reads the tail alone. An id that names no stream leaves nothing behind.
    if (known === undefined && folded.revision !== EMPTY_REVISION && !this.active.has(stream) && !this.idle.has(stream))
      this.idle.set(stream, folded);
    const { state, revision, position } = folded;
    return { state, revision, position };
  }

  /** Streams whose state is held, busy or idle. */
  get heldStreams(): number {
    return this.active.size + this.idle.size;
  }

  /** Lets go of the states that were idle for too long; to be called now and then. */
  evictIdle(): void {
    this.idle.purgeStale();
  }

  /** Resolves when no command is under way. */
  async drained(): Promise<void> {
    while (this.waiting > 0) await sleep(5);
  }

  /** Lets a command wait, unless too many do. */
  private admit(
    command: Command,
    context: CommandContext,
  ): { readonly attempt: Attempt<State, Event>; readonly waiting: Waiting<State, Command, Event> | null } {
    if (this.waiting >= this.options.maxWaiting) {
      const outcome = Promise.reject(new Overloaded('too many commands are waiting'));
      return { attempt: { outcome, withdraw: () => null }, waiting: null };
    }
    this.waiting += 1;
    let waiting!: Waiting<State, Command, Event>;
    const outcome = new Promise<Outcome<State, Event>>((resolve, reject) => {
      waiting = { command, context, resolve, reject, triedBehind: null, over: false };
    });
    return { attempt: { outcome, withdraw: () => this.withdraw(waiting) }, waiting };
  }

  private enqueue(stream: string, waiting: Waiting<State, Command, Event>[]): void {
    const busy = this.active.get(stream);
    if (busy !== undefined) {
      busy.queue.push(...waiting);
      return;
    }
    const mailbox = { stream, folded: this.idle.get(stream), queue: waiting };
    this.idle.delete(stream);
    this.active.set(stream, mailbox);
    void this.work(mailbox);
  }

  private withdraw(waiting: Waiting<State, Command, Event>): number | null {
    this.finish(waiting);
    return waiting.triedBehind;
  }

  private finish(waiting: Waiting<State, Command, Event>): void {
    if (waiting.over) return;
    waiting.over = true;
    this.waiting -= 1;
  }

  /** Works the mailbox off, batch by batch; never rejects. */
  private async work(mailbox: Mailbox<State, Command, Event>): Promise<void> {
    let { maxBatch } = this.options;
    while (mailbox.queue.length > 0) {
      if (this.pipeline !== null && mailbox.folded !== undefined && mailbox.queue.length >= 2 * WORTH_A_COMMIT) {
        mailbox.folded = await this.pipeline.run(mailbox.stream, mailbox.folded, mailbox.queue);
        if (mailbox.queue.length === 0) break;
      }
      const batch = mailbox.queue.splice(0, maxBatch);
      try {
        mailbox.folded = await this.batches.commit({ ...mailbox, maxBatch }, mailbox.folded, batch);
        maxBatch = this.options.maxBatch;
      } catch (error) {
        if (error instanceof AppendTooLarge && batch.length > 1) {
          // Nothing was written: fewer commands make a smaller append.
          maxBatch = Math.ceil(batch.length / 2);
          mailbox.queue.unshift(...batch);
          continue;
        }
        // What the stream holds now is unknown: it is folded afresh for the next batch.
        mailbox.folded = undefined;
        this.options.onFailure(error);
        // While the store is away, what waits would only wait longer, and overtake what is repeated later.
        if (error instanceof StoreUnavailable) batch.push(...mailbox.queue.splice(0));
        for (const { reject } of batch) reject(error);
      }
      for (const waiting of batch) this.finish(waiting);
      // Callers whom this batch answered get into the next one: half as many commits on a stream that is always busy.
      if (mailbox.queue.length > 0) await nextPoll();
    }
    this.active.delete(mailbox.stream);
    // An id that names no stream leaves nothing behind.
    if (mailbox.folded !== undefined && mailbox.folded.revision !== EMPTY_REVISION) {
      this.idle.set(mailbox.stream, mailbox.folded);
    }
  }
}
