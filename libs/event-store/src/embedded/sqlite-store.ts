import type {
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedRevision,
  FollowOptions,
  Position,
  RecordedEvent,
} from '../event-store.js';
import type { CommitGroup, Outcome } from './commit-group.js';
import type { CommitQueue } from './commit-queue.js';
import { type FollowSource, follow } from './follow.js';
import { PagedReader } from './paged-reader.js';
import type { ReaderThread } from './reader-pages.js';
import type { Thread } from './thread.js';
import type { WriterLock } from './writer-lock.js';

export type WriterThread = Thread<number, CommitGroup, Outcome[]>;

/** What openEmbeddedStore puts together. */
export interface StoreParts extends FollowSource {
  readonly queue: CommitQueue;
  readonly writer: WriterThread;
  readonly reader: ReaderThread;
  readonly lock: WriterLock;
}

/** An event store in one directory of this machine: one thread that commits, one that reads, and this one, which does neither. */
export class SqliteStore implements EventStore {
  readonly isSoleWriter = true;
  readonly #parts: StoreParts;
  readonly #events: PagedReader;
  #closed: Promise<void> | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#events = new PagedReader(parts.pages, parts.upcast);
  }

  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    return this.#parts.queue.append(stream, expected, events);
  }

  readStream(stream: string, fromRevision: number, maxCount: number): Promise<readonly RecordedEvent[]> {
    return this.#events.readStream(stream, fromRevision, maxCount);
  }

  readAll(after: Position | null, maxCount: number, types?: readonly string[]): Promise<readonly RecordedEvent[]> {
    return this.#events.readAll(after, maxCount, types);
  }

  head(): Promise<Position | null> {
    return this.#events.head();
  }

  idAt(position: Position): Promise<string | null> {
    return this.#events.idAt(position);
  }

  follow(options: FollowOptions): AsyncIterable<readonly RecordedEvent[]> {
    return follow(this.#parts, options);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { queue, recent, reader, writer, lock } = this.#parts;
    await queue.close();
    recent.close();
    // The writer last: with no reader left it can empty the WAL into the main file.
    await reader.stop();
    await writer.stop();
    lock.release();
  }
}
