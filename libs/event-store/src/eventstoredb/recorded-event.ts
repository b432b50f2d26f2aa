import { type JSONEventType, jsonEvent, type EventData as NewEvent, type ResolvedEvent } from '@eventstore/db-client';
import type { EventMetadata, EventToAppend, RecordedEvent } from '../event-store.js';
import { StoreUnavailable, StoreUnusable } from '../event-store.js';
import type { Upcast } from '../upcast.js';

/**
 * Metadata as it is stored: the version of the data is part of it, and the ids that say what led to what have the names by
 * which EventStoreDB knows them (its $by_correlation_id projection).
 */
interface StoredMetadata extends Omit<EventMetadata, 'correlationId' | 'causationId'> {
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly version: number;
  /** In the last event of an append: the process that wrote it. See turns.ts. */
  readonly writer?: string;
}

/** What a server before 22.6 gives as the position of an event that was read from its stream. */
const NO_POSITION = 0xffff_ffff_ffff_ffffn;

/** `writer`: for the last event of an append. */
export function encode({ id, type, version, data, metadata }: EventToAppend, writer?: string): NewEvent {
  const { correlationId, causationId, ...rest } = metadata;
  const stored: StoredMetadata = {
    ...rest,
    $correlationId: correlationId,
    $causationId: causationId,
    version,
    ...(writer !== undefined && { writer }),
  };
  return jsonEvent({ id, type, data, metadata: stored } as unknown as JSONEventType);
}

/** Of `$all`: Gavel's own. The server's stand in streams that begin with `$`; other programs' lack the metadata. */
export function isOwn({ event }: ResolvedEvent): boolean {
  if (event === undefined || event.streamId.startsWith('$')) return false;
  const metadata = event.metadata as Partial<StoredMetadata> | undefined;
  return event.isJson && typeof metadata?.commandId === 'string' && Number.isInteger(metadata.version);
}

/** Throws StoreUnavailable, caused by StoreUnusable, for an event that this program cannot understand. */
export function decode(resolved: ResolvedEvent, upcast: Upcast): RecordedEvent {
  const { event } = resolved;
  try {
    if (event === undefined || !isOwn(resolved)) throw new Error('it was not written by Gavel');
    const { version, writer: _, $correlationId, $causationId, ...rest } = event.metadata as unknown as StoredMetadata;
    return {
      id: event.id,
      stream: event.streamId,
      revision: Number(event.revision),
      position: positionOf(resolved),
      type: event.type,
      data: upcast(event.type, version, event.data).data,
      metadata: { ...rest, correlationId: $correlationId, causationId: $causationId },
      recordedAt: event.created.getTime(),
    };
  } catch (error) {
    const message = `event ${event?.revision} of ${event?.streamId} cannot be read: ${(error as Error).message}`;
    const position = event?.position?.commit.toString();
    throw new StoreUnavailable(message, false, { cause: new StoreUnusable(message, { cause: error }, position) });
  }
}

/** The process whose append ends with this event; undefined for any other event. */
export const writerOf = ({ event }: ResolvedEvent): string | undefined =>
  (event?.metadata as Partial<StoredMetadata> | undefined)?.writer;

/** Commit and prepare position are the same for all that is written by gRPC, so one of them is enough. */
export function positionOf({ event, commitPosition }: ResolvedEvent): string {
  const commit = event?.position?.commit ?? commitPosition ?? NO_POSITION;
  if (commit === NO_POSITION) throw new Error('the server tells no position: Gavel needs EventStoreDB 22.6 or later');
  return commit.toString();
}
