import { type EventReader, StoreUnavailable } from '#event-store/event-store.js';
import { foldOf, kindOf } from '../streams/fold.js';
import { readPages } from '../streams/read-pages.js';
import { damageOf } from './damage.js';
import type { Differences } from './differences.js';

/** Folds every stream as the domain does, up to the revision that the scan saw. */
export async function foldStreams(
  reader: EventReader,
  ends: ReadonlyMap<string, number>,
  differences: Differences,
  onProgress: (streams: number) => void,
): Promise<void> {
  let done = 0;
  for (const [stream, last] of ends) {
    const fault = await foldFault(reader, stream, last);
    if (fault !== null) differences.add(stream, fault);
    done += 1;
    onProgress(done);
  }
}

/** Null when the stream can be folded. */
async function foldFault(reader: EventReader, stream: string, last: number): Promise<string | null> {
  const kind = kindOf(stream);
  if (kind === null) return null;
  const { initial, evolve } = foldOf(kind);
  let state = initial;
  let revision = 0;
  try {
    for await (const page of readPages(reader, stream, 0, last)) {
      for (const event of page) {
        revision = event.revision;
        state = evolve(state, event);
      }
    }
    return null;
  } catch (error) {
    if (error instanceof StoreUnavailable && damageOf(error) === null) throw error;
    return `cannot be folded at revision ${revision}: ${(error as Error).message}`;
  }
}
