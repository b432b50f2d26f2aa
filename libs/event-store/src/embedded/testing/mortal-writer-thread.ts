import { workerData } from 'node:worker_threads';
import type { CommitGroup, Outcome } from '../commit-group.js';
import { GroupWriter } from '../group-writer.js';
import { openFiles } from '../open-files.js';
import { StorageFailure } from '../storage-failure.js';
import { serve } from '../thread-service.js';
import type { WriterData } from '../writer-thread.js';
import { isDue } from './death-orders.js';

const { directory, maxPages } = workerData as WriterData;

/** The writer thread, but it dies when it is told to. */
serve<number, CommitGroup, Outcome[]>(() => {
  if (isDue(directory, 'refuse-start')) throw new StorageFailure('told not to start', false);
  if (isDue(directory, 'crash-at-start')) throw new Error('told not to start');
  const { db, file } = openFiles(directory, maxPages);
  const writer = new GroupWriter(db, file);
  const handle = (group: CommitGroup): Outcome[] => {
    if (isDue(directory, 'before-commit')) throw new Error('told to die before the commit');
    if (isDue(directory, 'of-sqlite')) db.exec('SELECT what_sqlite_says');
    const outcomes = writer.commit(group);
    if (isDue(directory, 'after-commit')) throw new Error('told to die after the commit');
    return outcomes;
  };
  return { started: writer.head, service: { handle, close: () => db.close() } };
});
