import type { Decider } from '#auction/decider.js';
import { nextPoll } from '#platform/next-poll.js';
import { type AppendResult, StoreUnavailable } from '../event-store.js';
import { WORTH_A_COMMIT } from '../worth-a-commit.js';
import type { BatchWriter, DecidedCommands } from './batch-writer.js';
import { decideBatch, type Waiting } from './decide-batch.js';
import type { FoldedStream } from './folded-stream.js';

const IN_FLIGHT = 2;

export interface PipelineHooks<State, Command, Event> {
  /** The commands are answered. */
  onAnswered(batch: readonly Waiting<State, Command, Event>[]): void;
  onFailure(error: unknown): void;
  onConflict(stream: string): void;
}

/** A batch that was decided and handed over, and is not answered yet. */
interface Flight<State, Command, Event> extends DecidedCommands<State, Command, Event> {
  readonly result: Promise<AppendResult>;
  /** Where its commands under idempotency keys begin. */
  readonly commands: ReadonlyMap<string, number>;
  /** The stream behind it, as far as it can be known before the commit. */
  readonly ahead: FoldedStream<State>;
}

/**
 * The way of a stream that is busier than one commit at a time can be, on a store that commits in the order of the hand-over: while one
 * batch is committed, the next is decided on the state that the first one will have left behind, and handed over. Nobody is answered
 * before all in front of him is committed; and when a batch fails, what was built on it cannot be committed either, because each append
 * names the exact revision behind which it belongs.
 */
export class Pipeline<State, Command, Event extends { type: string; data: object }> {
  constructor(
    private readonly batches: BatchWriter<State, Command, Event>,
    private readonly decider: Decider<State, Command, Event>,
    private readonly maxBatch: number,
    private readonly hooks: PipelineHooks<State, Command, Event>,
  ) {}

  /**
   * Works the queue off as long as it is long. Answers the stream as it stands then; undefined: it is to be folded afresh. What has to be
   * decided otherwise is left in the queue, in its order. Never rejects.
   */
  async run(
    stream: string,
    from: FoldedStream<State>,
    queue: Waiting<State, Command, Event>[],
  ): Promise<FoldedStream<State> | undefined> {
    const flights: Flight<State, Command, Event>[] = [];
    let folded = from;
    let mayLaunch = true;
    for (;;) {
      while (mayLaunch && flights.length < IN_FLIGHT && queue.length >= WORTH_A_COMMIT) {
        mayLaunch = this.launch(stream, flights.at(-1)?.ahead ?? folded, queue, flights);
      }
      const [flight] = flights;
      if (flight === undefined) return folded;
      try {
        const result = await flight.result;
        if (result.outcome === 'conflict') {
          this.hooks.onConflict(stream);
          // What was built on it names revisions that are not there: nothing of it can have been committed.
          queue.unshift(...(await settled(flights)));
          return undefined;
        }
        folded = await this.batches.answer(stream, folded, flight, result.events);
      } catch (error) {
        await this.fail(error, flights, queue);
        return undefined;
      }
      flights.shift();
      this.hooks.onAnswered(flight.batch);
      // Callers whom it answered come again while the next one is committed.
      await nextPoll();
    }
  }

  /** False when the next batch has to wait until nothing is in flight. */
  private launch(
    stream: string,
    ahead: FoldedStream<State>,
    queue: Waiting<State, Command, Event>[],
    flights: Flight<State, Command, Event>[],
  ): boolean {
    // A crowd that comes all at once is halved: else it would come again all at once, and nothing would be left for meanwhile.
    const isCrowd = flights.length === 0 && queue.length >= 2 * WORTH_A_COMMIT;
    const count = isCrowd ? Math.ceil(queue.length / 2) : queue.length;
    const batch = queue.splice(0, Math.min(count, this.maxBatch));
    const inFlight = new Map(flights.flatMap(({ commands }) => [...commands]));
    const flight = this.decided(stream, ahead, batch, inFlight);
    if (flight === null) queue.unshift(...batch);
    else flights.push(flight);
    return flight !== null;
  }

  /** Null when nothing would be appended, or the stream must be searched for what was tried before. */
  private decided(
    stream: string,
    folded: FoldedStream<State>,
    batch: readonly Waiting<State, Command, Event>[],
    inFlight: ReadonlyMap<string, number>,
  ): Flight<State, Command, Event> | null {
    if (batch.some(({ context }) => context.triedBehind !== undefined)) return null;
    const due = batch.filter(({ over }) => !over);
    const { decided, events, state } = decideBatch(this.decider, stream, folded, due, inFlight);
    if (events.length === 0) return null;
    const result = this.batches.append(stream, folded.revision, events);
    // Nobody may be listening yet when it fails.
    result.catch(() => undefined);
    const commands = new Map<string, number>();
    for (const [i, { metadata }] of events.entries()) {
      const { commandId, requestDigest } = metadata;
      if (requestDigest !== undefined && !commands.has(commandId)) commands.set(commandId, folded.revision + 1 + i);
    }
    const ahead = { ...folded, state, revision: folded.revision + events.length };
    return { batch, decided, state, result, commands, ahead };
  }

  /** The first of the flights has failed. */
  private async fail(
    error: unknown,
    flights: readonly Flight<State, Command, Event>[],
    queue: Waiting<State, Command, Event>[],
  ): Promise<void> {
    const [failed] = flights;
    const batch = [...(failed?.batch ?? [])];
    const behind = (await settled(flights)).slice(batch.length);
    this.hooks.onFailure(error);
    // While the store is away, what waits would only wait longer, and overtake what is repeated later.
    if (error instanceof StoreUnavailable) batch.push(...behind, ...queue.splice(0));
    else queue.unshift(...behind);
    for (const { reject } of batch) reject(error);
    this.hooks.onAnswered(batch);
  }
}

/** All their commands, once nothing of them is on its way any more. */
async function settled<State, Command, Event>(
  flights: readonly Flight<State, Command, Event>[],
): Promise<Waiting<State, Command, Event>[]> {
  await Promise.allSettled(flights.map(({ result }) => result));
  return flights.flatMap(({ batch }) => [...batch]);
}
