import type { Decider } from '#auction/decider.js';
import type { EventReader, ExpectedRevision, Position, RecordedEvent } from '../event-store.js';

/** Where the events of a command under an idempotency key stand. */
export interface PastCommand {
  readonly revision: number;
  readonly count: number;
  readonly requestDigest: string;
}

/** A stream folded up to a revision, with the commands that must not be carried out twice. */
export interface FoldedStream<State> {
  readonly state: State;
  readonly revision: number;
  /** Of the last event; null while the stream is empty. */
  readonly position: Position | null;
  /** By commandId. Shared and appended to as the stream grows: it tells of committed events only. */
  readonly pastCommands: Map<string, PastCommand>;
}

export const EMPTY_REVISION = -1;

export const expectedRevision = (revision: number): ExpectedRevision =>
  revision === EMPTY_REVISION ? 'no-stream' : revision;

/** Events a page: bounds the memory of a read, whatever the stream's length. */
export const PAGE = 2_000;

/** Folds what stands in the stream behind `from`. */
export async function foldTail<State, Command, Event>(
  reader: EventReader,
  stream: string,
  decider: Decider<State, Command, Event>,
  from: FoldedStream<State>,
): Promise<FoldedStream<State>> {
  let { state, revision, position } = from;
  for (;;) {
    const page = await reader.readStream(stream, revision + 1, PAGE);
    for (const event of page) {
      state = decider.evolve(state, event as unknown as Event);
      revision = event.revision;
      position = event.position;
      rememberCommand(from.pastCommands, event);
    }
    if (page.length < PAGE) return { state, revision, position, pastCommands: from.pastCommands };
  }
}

/** Commands without an idempotency key are never repeated by a client, so they cost no memory. */
export function rememberCommand(past: Map<string, PastCommand>, event: RecordedEvent): void {
  const { commandId, requestDigest } = event.metadata;
  if (requestDigest === undefined) return;
  const first = past.get(commandId);
  const revision = first?.revision ?? event.revision;
  past.set(commandId, { revision, count: event.revision - revision + 1, requestDigest });
}
