import { resolve } from 'node:path';
import { eventsFile, number } from './connection.js';
import { allProblems } from './content-checks.js';
import { connectForReading } from './embedded-reader.js';
import { storageFailure } from './storage-failure.js';

export interface FilesReport {
  readonly events: number;
  readonly streams: number;
  /** One sentence per contradiction; empty when the files are sound. */
  readonly problems: readonly string[];
}

/**
 * Reads all of a store's files and compares what stands in several places: pages, indexes, the ends of the streams, positions
 * without gaps, JSON. Takes about 3 ms per MiB, in this thread; beside a running server it checks what is committed now.
 * Throws StoreUnusable for files that cannot be opened at all.
 */
export function verifyFiles(directory: string): FilesReport {
  const file = eventsFile(resolve(directory));
  const db = connectForReading(file);
  try {
    const problems = allProblems(db);
    return {
      events: number(db, 'SELECT count(*) FROM events'),
      streams: number(db, 'SELECT count(*) FROM streams'),
      problems,
    };
  } catch (error) {
    return { events: 0, streams: 0, problems: [storageFailure(file, error).message] };
  } finally {
    db.close();
  }
}
