import { randomUUID } from 'node:crypto';
import type {
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedRevision,
  FollowOptions,
  RecordedEvent,
} from '../event-store.js';

/** A stream that no other case, run or program has. */
export const newStream = (): string => `contract-${randomUUID()}`;

let made = 0;

export function newEvent(fields: Partial<EventToAppend> = {}): EventToAppend {
  made += 1;
  return {
    id: randomUUID(),
    type: 'BidPlaced',
    version: 1,
    data: { amount: made },
    metadata: {
      commandId: `command-${made}`,
      correlationId: 'request-1',
      causationId: 'request-1',
      actor: 'bidder:b-1',
    },
    ...fields,
  };
}

export const newEvents = (count: number, fields: Partial<EventToAppend> = {}): EventToAppend[] =>
  Array.from({ length: count }, () => newEvent(fields));

/** What of a recorded event is known before it is recorded. */
export type Known = Omit<RecordedEvent, 'position' | 'recordedAt'>;

/** The events as they must be recorded from `revision` on. */
export const asRecorded = (stream: string, revision: number, events: readonly EventToAppend[]): Known[] =>
  events.map(({ id, type, data, metadata }, i) => ({ id, stream, revision: revision + i, type, data, metadata }));

export const known = (events: readonly RecordedEvent[]): Known[] =>
  events.map(({ position: _position, recordedAt: _recordedAt, ...rest }) => rest);

export const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

/** The recorded events of an append that must succeed. */
export async function appended(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  events: readonly EventToAppend[],
): Promise<readonly RecordedEvent[]> {
  return eventsOf(await store.append(stream, expected, events));
}

export function eventsOf(result: AppendResult): readonly RecordedEvent[] {
  if (result.outcome === 'conflict') throw new Error(`conflict: the stream ends at ${result.actual}`);
  return result.events;
}

export const lastOf = (events: readonly RecordedEvent[]): RecordedEvent => events.at(-1) as RecordedEvent;

/** All events of the streams behind `after`, in commit order, read in small pages. */
export async function readAllOf(
  store: EventStore,
  streams: readonly string[],
  after: string | null,
  types?: readonly string[],
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for (let from = after; ; ) {
    const page = await store.readAll(from, 100, types);
    if (page.length === 0) return found;
    found.push(...page.filter(({ stream }) => streams.includes(stream)));
    from = lastOf(page).position;
  }
}

/** Follows until `count` events of the streams have come, and answers all that had come by then. */
export async function followOf(
  store: EventStore,
  streams: readonly string[],
  count: number,
  options: Omit<FollowOptions, 'signal'>,
  onBatch: (batch: readonly RecordedEvent[]) => Promise<void> | void = () => {},
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  const stop = new AbortController();
  for await (const batch of store.follow({ ...options, signal: stop.signal })) {
    found.push(...batch.filter(({ stream }) => streams.includes(stream)));
    await onBatch(batch);
    if (found.length >= count) stop.abort();
  }
  return found;
}
