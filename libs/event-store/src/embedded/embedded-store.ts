import { resolve } from 'node:path';
import type { EpochMs } from '#contracts/time.js';
import { makeDirectory } from '#platform/make-directory.js';
import type { CommitReport } from '../commit-report.js';
import { type EventStore, StoreUnusable } from '../event-store.js';
import type { MemoryLimits } from '../memory-limits.js';
import { catalogueUpcast, type Upcast } from '../upcast.js';
import { CommitQueue, type QueueLimits } from './commit-queue.js';
import { eventsFile } from './connection.js';
import { type ReaderThread, readerPages } from './reader-pages.js';
import { RecentEvents } from './recent-events.js';
import { SqliteStore, type WriterThread } from './sqlite-store.js';
import { Thread } from './thread.js';
import { lockDirectory } from './writer-lock.js';
import type { WriterData } from './writer-thread.js';

export interface EmbeddedStoreOptions {
  /** Made when it is missing, for its owner alone (0700). On a local disk: network file systems do not keep locks. */
  readonly directory: string;
  /** The clock of `recordedAt`. */
  readonly now?: () => EpochMs;
  /** Called after each commit. */
  readonly onCommit?: (report: CommitReport) => void;
  readonly upcast?: Upcast;
  /** What may wait to be committed: beyond it an append is rejected at once. */
  readonly queue?: QueueLimits;
  /** What is kept in memory for followers. */
  readonly recent?: MemoryLimits;
  /** Bound on the size of events.db, in pages of 4 KiB. */
  readonly maxPages?: number;
}

/**
 * Opens the store in a directory, or makes one. Rejects with StoreUnusable when another process writes there, or when the
 * files are damaged or not Gavel's.
 */
export const openEmbeddedStore = (options: EmbeddedStoreOptions): Promise<EventStore> =>
  openWithWriter(options, new URL('./writer-thread.js', import.meta.url));

/** The same with a writer thread of the caller's: tests of faults have one that dies on demand. */
export async function openWithWriter(options: EmbeddedStoreOptions, writerFile: URL): Promise<EventStore> {
  const directory = resolve(options.directory);
  const lock = lockDirectory(madeDirectory(directory));
  const recent = new RecentEvents(options.recent);
  const writer: WriterThread = new Thread({
    name: 'writer',
    file: writerFile,
    data: { directory, maxPages: options.maxPages } satisfies WriterData,
    deathIsAmbiguous: true,
    onStart: (head) => recent.restart(head),
  });
  const reader: ReaderThread = new Thread({
    name: 'reader',
    file: new URL('./reader-thread.js', import.meta.url),
    data: { file: eventsFile(directory) },
    deathIsAmbiguous: false,
  });
  const { upcast = catalogueUpcast, now = Date.now, onCommit, queue: limits } = options;
  const queue = new CommitQueue({ writer, recent, upcast, now, onCommit, limits });
  const store = new SqliteStore({ queue, writer, reader, lock, recent, upcast, pages: readerPages(reader) });
  try {
    await writer.start();
    await reader.start();
    return store;
  } catch (error) {
    await store.close();
    throw new StoreUnusable((error as Error).message, { cause: error });
  }
}

function madeDirectory(directory: string): string {
  try {
    makeDirectory(directory);
    return directory;
  } catch (error) {
    throw new StoreUnusable(`${directory} cannot be made: ${(error as Error).message}`, { cause: error });
  }
}
