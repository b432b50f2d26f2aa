import type { Decider } from '#auction/decider.js';
import type { EventReader, ExpectedRevision, Position, RecordedEvent } from '../event-store.js';
import { CommandIndex } from './command-index.js';

/** A stream folded up to a revision, with the commands that must not be carried out twice. */
export interface FoldedStream<State> {
  readonly state: State;
  readonly revision: number;
  /** Of the last event; null while the stream is empty. */
  readonly position: Position | null;
  /** Of the last event; null while the stream is empty. */
  readonly lastId: string | null;
  /** Shared and appended to as the stream grows: it tells of committed events only. */
  readonly pastCommands: CommandIndex;
  /** Where the newest snapshot of the stream stands, as far as is known; EMPTY_REVISION without one. */
  readonly snapshotRevision: number;
}

/** Snapshots of long streams: a cache. Whatever becomes of it, the stream says the same without it. */
export interface Snapshots<State> {
  /** Null without a snapshot that can be used. Never rejects. */
  load(stream: string): Promise<FoldedStream<State> | null>;
  /** Copies what it needs at once, writes later. Never rejects. */
  save(stream: string, folded: FoldedStream<State>): Promise<void>;
}

export const EMPTY_REVISION = -1;

export const expectedRevision = (revision: number): ExpectedRevision =>
  revision === EMPTY_REVISION ? 'no-stream' : revision;

const emptyStream = <State>(state: State): FoldedStream<State> => ({
  state,
  revision: EMPTY_REVISION,
  position: null,
  lastId: null,
  pastCommands: new CommandIndex(),
  snapshotRevision: EMPTY_REVISION,
});

/** Events a page: bounds the memory of a read, whatever the stream's length. */
export const PAGE = 2_000;

/** Folds a whole stream, from its snapshot on where there is one that stands in the stream. */
export async function foldStream<State, Command, Event>(
  reader: EventReader,
  stream: string,
  decider: Decider<State, Command, Event>,
  snapshots: Snapshots<State> | undefined,
): Promise<FoldedStream<State>> {
  const snapshot = await snapshots?.load(stream);
  const usable = snapshot != null && (await standsIn(reader, stream, snapshot));
  return foldTail(reader, stream, decider, usable ? snapshot : emptyStream(decider.initial));
}

/** A snapshot of another store, or of a stream that was longer, names an event that is not there. */
async function standsIn(reader: EventReader, stream: string, snapshot: FoldedStream<unknown>): Promise<boolean> {
  const [last] = await reader.readStream(stream, snapshot.revision, 1);
  return last !== undefined && last.id === snapshot.lastId && last.position === snapshot.position;
}

/** Folds what stands in the stream behind `from`. */
export async function foldTail<State, Command, Event>(
  reader: EventReader,
  stream: string,
  decider: Decider<State, Command, Event>,
  from: FoldedStream<State>,
): Promise<FoldedStream<State>> {
  let folded = from;
  for (;;) {
    const page = await reader.readStream(stream, folded.revision + 1, PAGE);
    folded = foldEvents(decider, folded, page);
    if (page.length < PAGE) return folded;
  }
}

/** Folds the events that come next. */
export function foldEvents<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  from: FoldedStream<State>,
  events: readonly RecordedEvent[],
): FoldedStream<State> {
  let { state, revision, position, lastId } = from;
  for (const event of events) {
    state = decider.evolve(state, event as unknown as Event);
    ({ revision, position, id: lastId } = event);
    rememberCommand(from.pastCommands, event);
  }
  return { ...from, state, revision, position, lastId };
}

/** Commands without an idempotency key are never repeated by a client, so they cost no memory. */
export function rememberCommand(past: CommandIndex, { metadata, revision }: RecordedEvent): void {
  if (metadata.requestDigest !== undefined) past.remember(metadata.commandId, revision);
}

/** Of one command: hardly any has more. */
const COMMAND_PAGE = 16;

/** The events of the command that begins at a revision. */
export async function eventsOfCommand(reader: EventReader, stream: string, first: number): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await reader.readStream(stream, first + events.length, COMMAND_PAGE);
    for (const event of page) {
      if (events[0] !== undefined && event.metadata.commandId !== events[0].metadata.commandId) return events;
      events.push(event);
    }
    if (page.length < COMMAND_PAGE) return events;
  }
}
