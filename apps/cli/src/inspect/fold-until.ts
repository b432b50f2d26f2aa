import type { EventReader } from '#event-store/event-store.js';
import { Failure } from '../failure.js';
import { foldOf, kindOf, STREAM_NAMES, type StoredEvent } from '../streams/fold.js';
import { readPages } from '../streams/read-pages.js';
import type { Until } from './until.js';

export interface FoldedStream {
  readonly stream: string;
  readonly state: object;
  /** Of the last event that is folded in; -1 when nothing had happened by then. */
  readonly revision: number;
}

/**
 * Folds a stream up to and including a revision, or up to the first event that was recorded after a time. Throws Failure for a
 * stream or a revision that is not there, and for a stream that no Gavel wrote.
 */
export async function foldUntil(reader: EventReader, stream: string, until: Until | undefined): Promise<FoldedStream> {
  const kind = kindOf(stream);
  if (kind === null) throw new Failure(`${stream} is no stream: it is ${STREAM_NAMES}`);
  const { initial, evolve } = foldOf(kind);
  let state = initial;
  let revision = -1;
  let isMissing = true;
  read: for await (const page of readPages(reader, stream, 0)) {
    for (const event of page) {
      isMissing = false;
      if (until !== undefined && isBehind(event, until)) break read;
      state = folded(() => evolve(state, event), event);
      revision = event.revision;
    }
  }
  if (isMissing) throw new Failure(`${stream} is not in this store`);
  if (until !== undefined && 'revision' in until && until.revision > revision) {
    throw new Failure(`--at ${until.revision}: ${stream} ends at revision ${revision}`);
  }
  return { stream, state, revision };
}

const isBehind = (event: StoredEvent, until: Until): boolean =>
  'revision' in until ? event.revision > until.revision : event.recordedAt > until.time;

function folded(evolve: () => object, { stream, revision, type }: StoredEvent): object {
  try {
    return evolve();
  } catch (error) {
    throw new Failure(`${type} at revision ${revision} of ${stream} cannot be folded: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
