import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Decider } from '#auction/decider.js';
import { nextPoll } from '#platform/next-poll.js';
import {
  type AppendResult,
  AppendTooLarge,
  type EventStore,
  type EventToAppend,
  type Position,
  type RecordedEvent,
  StoreUnavailable,
} from '../event-store.js';
import { type Backoff, pause } from './backoff.js';
import { type Attempt, type CommandContext, Contention, type Outcome, Overloaded } from './command-context.js';
import { CommandIndex } from './command-index.js';
import { answer, decideBatch, endOf, type Waiting } from './decide-batch.js';
import { earlierRuns } from './earlier-runs.js';
import {
  EMPTY_REVISION,
  eventsOfCommand,
  expectedRevision,
  type FoldedStream,
  foldStream,
  foldTail,
  rememberCommand,
  type Snapshots,
} from './folded-stream.js';

export interface StreamWriterOptions {
  /** States of idle streams that are kept. */
  readonly maxIdleStreams?: number;
  /** How long the state of an idle stream is kept, milliseconds. */
  readonly idleMs?: number;
  /** Commands that are decided and committed together. */
  readonly maxBatch?: number;
  /** Commands that may wait, over all streams. */
  readonly maxWaiting?: number;
  /** Events between two snapshots of a stream, where there are snapshots at all. */
  readonly snapshotEvery?: number;
  readonly conflict?: Backoff;
  /** Repeats of an append whose fate is unknown. */
  readonly ambiguous?: Backoff;
  readonly random?: () => number;
  readonly onConflict?: (stream: string) => void;
  readonly onBatch?: (commands: number, events: number) => void;
  /** A batch that could not be stored, or whose fate is unknown. */
  readonly onFailure?: (error: unknown) => void;
}

interface Mailbox<State, Command, Event> {
  readonly stream: string;
  folded: FoldedStream<State> | undefined;
  queue: Waiting<State, Command, Event>[];
}

const CONFLICT: Backoff = { initialMs: 2, capMs: 200, retries: 12 };
/** What is folded in some tens of milliseconds. Most lots never have as many events. */
const SNAPSHOT_EVERY = 10_000;

const AMBIGUOUS: Backoff = { initialMs: 20, capMs: 400, retries: 4 };

/**
 * The one way to write a stream: a mailbox per stream. While an append is in flight commands queue; then all that wait are
 * decided in order and appended as one batch at the exact revision. A conflict (another process wrote) means: fold the tail,
 * decide the same commands again.
 */
export class StreamWriter<State, Command, Event extends { type: string; data: object }> {
  private readonly active = new Map<string, Mailbox<State, Command, Event>>();
  private readonly idle: LRUCache<string, FoldedStream<State>>;
  private readonly options: Required<StreamWriterOptions>;
  private waiting = 0;

  constructor(
    private readonly store: EventStore,
    private readonly decider: Decider<State, Command, Event>,
    private readonly streamOf: (id: string) => string,
    options: StreamWriterOptions = {},
    private readonly snapshots?: Snapshots<State>,
  ) {
    this.options = {
      maxIdleStreams: 10_000,
      idleMs: 60_000,
      maxBatch: 512,
      maxWaiting: 20_000,
      snapshotEvery: SNAPSHOT_EVERY,
      conflict: CONFLICT,
      ambiguous: AMBIGUOUS,
      random: Math.random,
      onConflict: () => undefined,
      onBatch: () => undefined,
      onFailure: () => undefined,
      ...options,
    };
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
    const [attempt] = this.attemptAll(id, [{ command, context }]);
    return attempt as Attempt<State, Event>;
  }

  /** Commands that are decided in this order, and on a stream that is idle as one batch. */
  attemptAll(
    id: string,
    commands: readonly { readonly command: Command; readonly context: CommandContext }[],
  ): Attempt<State, Event>[] {
    const waiting: Waiting<State, Command, Event>[] = [];
    const attempts = commands.map(({ command, context }): Attempt<State, Event> => {
      if (this.waiting >= this.options.maxWaiting) {
        return { outcome: Promise.reject(new Overloaded('too many commands are waiting')), withdraw: () => null };
      }
      this.waiting += 1;
      let entry!: Waiting<State, Command, Event>;
      const outcome = new Promise<Outcome<State, Event>>((resolve, reject) => {
        entry = { command, context, resolve, reject, triedBehind: null, over: false };
      });
      waiting.push(entry);
      return { outcome, withdraw: () => this.withdraw(entry) };
    });
    if (waiting.length > 0) this.enqueue(this.streamOf(id), waiting);
    return attempts;
  }

  /** The newest state of a stream, as far as the store tells; `revision` -1 when the stream is missing. */
  async load(id: string): Promise<{ state: State; revision: number; position: Position | null }> {
    const stream = this.streamOf(id);
    const known = this.active.get(stream)?.folded ?? this.idle.get(stream);
    const { state, revision, position } = await (known === undefined
      ? foldStream(this.store, stream, this.decider, this.snapshots)
      : foldTail(this.store, stream, this.decider, { ...known, pastCommands: new CommandIndex() }));
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
      const batch = mailbox.queue.splice(0, maxBatch);
      try {
        mailbox.folded ??= await foldStream(this.store, mailbox.stream, this.decider, this.snapshots);
        mailbox.folded = await this.commit(mailbox, mailbox.folded, batch);
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

  /** Commits the batch, and grows it by what arrives while others are first. */
  private async commit(
    { stream, queue }: Mailbox<State, Command, Event>,
    start: FoldedStream<State>,
    batch: Waiting<State, Command, Event>[],
  ): Promise<FoldedStream<State>> {
    let folded = start;
    for (let attempt = 1; ; attempt += 1) {
      const earlier = await earlierRuns(this.store, stream, folded, batch);
      const due = batch.filter(({ over }) => !over);
      const { decided, events, state } = decideBatch(this.decider, stream, folded, due, earlier);
      const result = await this.append(stream, folded.revision, events);
      if (result.outcome === 'appended') {
        for (const event of result.events) rememberCommand(folded.pastCommands, event);
        for (const each of decided) {
          if (each.kind === 'repeat') await this.repeat(stream, each.first, state, each.waiting);
          else answer(each, result.events, folded.position);
        }
        this.options.onBatch(batch.length, events.length);
        const last = result.events.at(-1);
        if (last === undefined) return folded;
        return this.saved(stream, { ...folded, state, ...placeOf(last) });
      }
      this.options.onConflict(stream);
      if (attempt > this.options.conflict.retries) throw new Contention(`${stream} is written by too many at once`);
      await pause(this.options.conflict, attempt, this.options.random);
      folded = await foldTail(this.store, stream, this.decider, folded);
      batch.push(...queue.splice(0, this.options.maxBatch - batch.length));
    }
  }

  /** Saves a snapshot now and then; nobody waits for it. */
  private saved(stream: string, folded: FoldedStream<State>): FoldedStream<State> {
    if (this.snapshots === undefined || folded.revision - folded.snapshotRevision < this.options.snapshotEvery)
      return folded;
    void this.snapshots.save(stream, folded);
    return { ...folded, snapshotRevision: folded.revision };
  }

  /** Appends once: while the fate of an attempt is unknown, the identical append is repeated, which the store recognises. */
  private async append(stream: string, revision: number, events: readonly EventToAppend[]): Promise<AppendResult> {
    if (events.length === 0) return { outcome: 'appended', events: [] };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.store.append(stream, expectedRevision(revision), events);
      } catch (error) {
        const retry = error instanceof StoreUnavailable && error.ambiguous && attempt <= this.options.ambiguous.retries;
        if (!retry) throw error;
        await pause(this.options.ambiguous, attempt, this.options.random);
      }
    }
  }

  /** The command was carried out before: its events are its answer. */
  private async repeat(
    stream: string,
    first: number,
    state: State,
    { context, resolve, reject }: Waiting<State, Command, Event>,
  ): Promise<void> {
    try {
      const events = await eventsOfCommand(this.store, stream, first);
      const [recorded, given] = [events[0]?.metadata.requestDigest, context.requestDigest];
      // Without a key on either side it is the same caller who tries again.
      if (recorded !== undefined && given !== undefined && recorded !== given) return resolve({ kind: 'key-reused' });
      const typed = events as unknown as Extract<Outcome<State, Event>, { kind: 'accepted' }>['events'];
      resolve({ kind: 'accepted', events: typed, state, ...endOf(events), repeated: true });
    } catch (error) {
      reject(error);
    }
  }
}

const placeOf = ({ revision, position, id }: RecordedEvent) => ({ revision, position, lastId: id });
