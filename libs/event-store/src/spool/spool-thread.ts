import { workerData } from 'node:worker_threads';
import { serve } from '../embedded/thread-service.js';
import { type SpoolChanges, type SpoolEntry, SpoolFile } from './spool-file.js';

/** What the spool's thread is started with. */
export interface SpoolData {
  readonly directory: string;
  /** Bound on the size of the file, in pages of 4 KiB. */
  readonly maxPages?: number | undefined;
}

/** The start answers what lies in the file. */
serve<SpoolEntry[], SpoolChanges, null>(() => {
  const { directory, maxPages } = workerData as SpoolData;
  const file = new SpoolFile(directory, maxPages);
  const handle = (changes: SpoolChanges): null => {
    file.commit(changes);
    return null;
  };
  return { started: file.entries(), service: { handle, close: () => file.close() } };
});
