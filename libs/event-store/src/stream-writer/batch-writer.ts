import type { Decider } from '#auction/decider.js';
import {
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type RecordedEvent,
  StoreUnavailable,
} from '../event-store.js';
import { pause } from './backoff.js';
import { Contention, type Outcome } from './command-context.js';
import { answer, type Decided, decideBatch, endOf, type Waiting } from './decide-batch.js';
import { earlierRuns } from './earlier-runs.js';
import {
  eventsOfCommand,
  expectedRevision,
  type FoldedStream,
  foldEvents,
  foldStream,
  foldTail,
  rememberCommand,
  type Snapshots,
} from './folded-stream.js';
import type { StreamWriterOptions } from './stream-writer-options.js';

export interface BatchSource<State, Command, Event> {
  readonly stream: string;
  readonly queue: Waiting<State, Command, Event>[];
  readonly maxBatch: number;
}

/** A batch with what its commands came to. */
export interface DecidedCommands<State, Command, Event> {
  readonly batch: readonly Waiting<State, Command, Event>[];
  readonly decided: readonly Decided<State, Command, Event>[];
  /** Behind all of them. */
  readonly state: State;
}

/** Decides a batch of commands on a stream and appends their events, again and again while other processes write there. */
export class BatchWriter<State, Command, Event extends { type: string; data: object }> {
  constructor(
    private readonly store: EventStore,
    private readonly decider: Decider<State, Command, Event>,
    private readonly snapshots: Snapshots<State> | undefined,
    private readonly options: Required<StreamWriterOptions>,
  ) {}

  /**
   * Answers the commands of the batch once their events are durable, and the stream behind them. `known`: the stream as it was seen
   * last; undefined: it is folded. While other writers are first, the batch grows by what arrives in `queue`, to `maxBatch`. Rejects
   * with StoreUnavailable, AppendTooLarge or Contention: then nobody was answered.
   */
  async commit(
    { stream, queue, maxBatch }: BatchSource<State, Command, Event>,
    known: FoldedStream<State> | undefined,
    batch: Waiting<State, Command, Event>[],
  ): Promise<FoldedStream<State>> {
    let folded = known ?? (await foldStream(this.store, stream, this.decider, this.snapshots));
    let isNewest = known === undefined;
    for (let attempt = 1; ; attempt += 1) {
      if (this.store.turn !== undefined) await this.store.turn(stream);
      // What others have written since: an append behind anything older would be refused.
      folded = this.withHeard(stream, folded);
      batch.push(...queue.splice(0, maxBatch - batch.length));
      const isTriedBefore = batch.some(({ context }) => context.triedBehind !== undefined);
      const earlier = isTriedBefore ? await earlierRuns(this.store, stream, folded, batch) : undefined;
      const due = batch.filter(({ over }) => !over);
      const { decided, events, state } = decideBatch(this.decider, stream, folded, due, earlier);
      // An append finds out whether another process has moved the stream on. A refusal is held against it here.
      if (events.length === 0 && !isNewest && decided.some(({ kind }) => kind === 'answer' || kind === 'unchanged')) {
        const { revision } = folded;
        folded = await foldTail(this.store, stream, this.decider, folded);
        isNewest = true;
        if (folded.revision !== revision) continue;
      }
      const result = await this.append(stream, folded.revision, events);
      if (result.outcome === 'appended') return this.answer(stream, folded, { batch, decided, state }, result.events);
      this.options.onConflict(stream);
      if (attempt > this.options.conflict.retries) throw new Contention(`${stream} is written by too many at once`);
      // The first time at once: whoever was first is busy answering now. The longer the pause, the more others write meanwhile.
      if (attempt > 1) await pause(this.options.conflict, attempt - 1, this.options.random);
      folded = this.withHeard(stream, folded);
      isNewest = false;
      const { actual } = result;
      if (actual !== 'no-stream' && folded.revision < actual && (await this.store.untilHeard?.(stream, actual))) {
        folded = this.withHeard(stream, folded);
      }
      if (actual === 'no-stream' || folded.revision < actual) {
        folded = await foldTail(this.store, stream, this.decider, folded);
        isNewest = true;
      }
    }
  }

  /** Answers the commands of a batch whose events are committed; `folded`: the stream in front of them. Answers the stream behind them. */
  async answer(
    stream: string,
    folded: FoldedStream<State>,
    { batch, decided, state }: DecidedCommands<State, Command, Event>,
    recorded: readonly RecordedEvent[],
  ): Promise<FoldedStream<State>> {
    for (const event of recorded) rememberCommand(folded.pastCommands, event);
    for (const each of decided) {
      if (each.kind === 'repeat') await this.repeat(stream, each.first, state, each.waiting);
      else answer(each, recorded, folded.position);
    }
    this.options.onBatch(batch.length, recorded.length);
    const last = recorded.at(-1);
    return last === undefined ? folded : this.saved(stream, { ...folded, state, ...placeOf(last) });
  }

  private withHeard(stream: string, folded: FoldedStream<State>): FoldedStream<State> {
    const heard = this.store.heardOf?.(stream, folded.revision + 1) ?? [];
    return heard.length === 0 ? folded : foldEvents(this.decider, folded, heard);
  }

  /** Saves a snapshot now and then; nobody waits for it. */
  private saved(stream: string, folded: FoldedStream<State>): FoldedStream<State> {
    if (this.snapshots === undefined || folded.revision - folded.snapshotRevision < this.options.snapshotEvery)
      return folded;
    void this.snapshots.save(stream, folded);
    return { ...folded, snapshotRevision: folded.revision };
  }

  /** Appends once: while the fate of an attempt is unknown, the identical append is repeated, which the store recognises. */
  async append(stream: string, revision: number, events: readonly EventToAppend[]): Promise<AppendResult> {
    if (events.length === 0) return { outcome: 'appended', events: [] };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.store.append(stream, expectedRevision(revision), events);
      } catch (error) {
        const isOpen = error instanceof StoreUnavailable && error.ambiguous;
        // That a repeat was not taken says nothing about the attempts before it.
        if (!isOpen && attempt > 1) throw new StoreUnavailable((error as Error).message, true, { cause: error });
        if (!isOpen || attempt > this.options.ambiguous.retries) throw error;
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
