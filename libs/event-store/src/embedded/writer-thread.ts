import { workerData } from 'node:worker_threads';
import type { CommitGroup, Outcome } from './commit-group.js';
import type { Connection } from './connection.js';
import { GroupWriter } from './group-writer.js';
import { openFiles } from './open-files.js';
import { serve } from './thread-service.js';

/** What the writer thread is started with. */
export interface WriterData {
  readonly directory: string;
  /** Bound on the size of the file, in pages of 4 KiB; what stands there already is kept. */
  readonly maxPages: number | undefined;
}

const { directory, maxPages } = workerData as WriterData;

/** The start answers the position of the last committed event. */
serve<number, CommitGroup, Outcome[]>(() => {
  const { db, file } = openFiles(directory, maxPages);
  const writer = new GroupWriter(db, file);
  const close = (): void => {
    emptyLog(db);
    db.close();
  };
  return { started: writer.head, service: { handle: (group) => writer.commit(group), close } };
});

/** So that a stopped store is one file. On a full disk the log stays, and the next start reads it. */
function emptyLog(db: Connection): void {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Nothing is lost with it.
  }
}
