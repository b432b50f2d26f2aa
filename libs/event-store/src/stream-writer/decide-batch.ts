import type { Decider } from '#auction/decider.js';
import { currentVersion } from '#contracts/events/catalogue.js';
import { eventId } from '../event-id.js';
import type { EventMetadata, EventToAppend, Position, RecordedEvent } from '../event-store.js';
import type { CommandContext, Outcome } from './command-context.js';
import { EMPTY_REVISION, type FoldedStream } from './folded-stream.js';

/** A command that waits for its outcome. */
export interface Waiting<State, Command, Event> {
  readonly command: Command;
  readonly context: CommandContext;
  readonly resolve: (outcome: Outcome<State, Event>) => void;
  readonly reject: (error: unknown) => void;
  /** The revision behind which it was first tried to append its events; null: never. */
  triedBehind: number | null;
  /** Answered or withdrawn: nothing is to be done for it any more. */
  over: boolean;
}

/** What a command of the batch came to, before the commit. */
export type Decided<State, Command, Event> =
  | {
      readonly kind: 'answer';
      readonly waiting: Waiting<State, Command, Event>;
      readonly outcome: Outcome<State, Event>;
    }
  | { readonly kind: 'failure'; readonly waiting: Waiting<State, Command, Event>; readonly error: unknown }
  /** The same command id stands in the stream already, from revision `first` on: the stream says whether it is the same request. */
  | { readonly kind: 'repeat'; readonly waiting: Waiting<State, Command, Event>; readonly first: number }
  | {
      readonly kind: 'unchanged';
      readonly waiting: Waiting<State, Command, Event>;
      readonly revision: number;
      readonly state: State;
    }
  | {
      readonly kind: 'append';
      readonly waiting: Waiting<State, Command, Event>;
      /** Where its events begin in the batch's events. */
      readonly first: number;
      readonly count: number;
      readonly state: State;
    };

export interface DecidedBatch<State, Command, Event> {
  readonly decided: readonly Decided<State, Command, Event>[];
  readonly events: readonly EventToAppend[];
  readonly state: State;
}

const NONE: ReadonlyMap<string, number> = new Map();

/**
 * Decides the commands in order, each on the state behind the one before, as if each had been committed. Nothing may be
 * answered before the batch's events are committed. `earlier`: where commands begin that were carried out
 * before and are not remembered.
 */
export function decideBatch<State, Command, Event extends { type: string; data: object }>(
  decider: Decider<State, Command, Event>,
  stream: string,
  folded: FoldedStream<State>,
  batch: readonly Waiting<State, Command, Event>[],
  earlier: ReadonlyMap<string, number> = NONE,
): DecidedBatch<State, Command, Event> {
  const events: EventToAppend[] = [];
  const inBatch = new Map<string, number>();
  let state = folded.state;

  const decide = (waiting: Waiting<State, Command, Event>): Decided<State, Command, Event> => {
    const { command, context } = waiting;
    const revision = folded.revision + events.length;
    const before = context.requestDigest === undefined ? undefined : folded.pastCommands.get(context.commandId);
    const past = before ?? inBatch.get(context.commandId) ?? earlier.get(context.commandId);
    if (past !== undefined) return { kind: 'repeat', waiting, first: past };
    // A stream that does not exist has no revision to be stale: the decider says what is missing.
    const isStale = context.expectedRevisions?.includes(revision) === false;
    if (isStale && revision !== EMPTY_REVISION) {
      return { kind: 'answer', waiting, outcome: { kind: 'stale', actual: revision } };
    }
    const decision = decider.decide(command, state);
    if (decision.kind === 'refused') return { kind: 'answer', waiting, outcome: { ...decision, state } };
    if (decision.kind === 'unchanged') {
      return { kind: 'unchanged', waiting, state, revision };
    }
    const first = events.length;
    // The lowest: a batch that was in flight behind another one is decided anew on less when that one fails.
    waiting.triedBehind = Math.min(waiting.triedBehind ?? folded.revision, folded.revision);
    const metadata = metadataOf(context);
    const added = decision.events.map(({ type, data }, index) => {
      return { id: eventId(stream, context.commandId, index), type, version: currentVersion(type), data, metadata };
    });
    state = decision.events.reduce((before, event) => decider.evolve(before, event), state);
    // Behind all that may throw: else events of a command that failed would be stored.
    for (const event of added) events.push(event);
    const count = added.length;
    if (context.requestDigest !== undefined) inBatch.set(context.commandId, revision + 1);
    return { kind: 'append', waiting, first, count, state };
  };

  const decided = batch.map((waiting): Decided<State, Command, Event> => {
    try {
      return decide(waiting);
    } catch (error) {
      // A decider never throws for what a caller may do: this is a defect, and only its own command pays for it.
      return { kind: 'failure', waiting, error };
    }
  });
  return { decided, events, state };
}

function metadataOf(context: CommandContext): EventMetadata {
  const { commandId, correlationId, causationId, actor, requestDigest, traceparent } = context;
  return {
    commandId,
    correlationId,
    causationId,
    actor,
    ...(requestDigest !== undefined && { requestDigest }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** Where a run of events, never empty, ends. */
export function endOf(events: readonly RecordedEvent[]): { revision: number; position: Position } {
  const last = events.at(-1);
  if (last === undefined) throw new Error('an accepted command left no event');
  return { revision: last.revision, position: last.position };
}

/** Tells a waiting caller what came of its command, now that `recorded` is committed; `before` is the position in front of it. */
export function answer<State, Command, Event>(
  decided: Exclude<Decided<State, Command, Event>, { kind: 'repeat' }>,
  recorded: readonly RecordedEvent[],
  before: Position | null,
): void {
  if (decided.kind === 'answer') decided.waiting.resolve(decided.outcome);
  if (decided.kind === 'failure') decided.waiting.reject(decided.error);
  if (decided.kind === 'unchanged') {
    const { waiting, state, revision } = decided;
    waiting.resolve({ kind: 'unchanged', state, revision, position: recorded.at(-1)?.position ?? before ?? '0' });
  }
  if (decided.kind === 'append') {
    const { waiting, first, count, state } = decided;
    const events = recorded.slice(first, first + count) as unknown as (RecordedEvent & Event)[];
    waiting.resolve({ kind: 'accepted', events, state, ...endOf(events), repeated: false });
  }
}
