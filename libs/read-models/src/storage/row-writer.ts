import type { Position } from '#event-store/event-store.js';
import { CallThread } from './call-thread.js';
import type { CommitRequest } from './commit-files.js';
import { codeOf } from './failures.js';
import type { RowCells } from './written-row.js';

/** After these the thread's connection is as good as before. */
const HARMLESS = ['SQLITE_FULL', 'SQLITE_BUSY'];

/**
 * Commits rows in a thread of its own: a commit writes a page for nearly every row, which costs the event loop more
 * than the whole fold. The thread is replaced after a failure, and to let go of files that no longer serve.
 */
export class RowWriter {
  readonly #script: URL;
  #thread: CallThread | null = null;
  readonly #ending = new Set<Promise<void>>();

  /** `script` is what the thread runs: tests of faults have one that dies. */
  constructor(script: URL = new URL('./commit-thread.js', import.meta.url)) {
    this.#script = script;
  }

  /** One commit of a file at a time. Rejects with a `code` of SQLite: nothing, or all, has been written then. */
  async commit(file: string, rows: RowCells, position: Position): Promise<void> {
    try {
      await this.#call({ kind: 'commit', file, rows, position });
    } catch (error) {
      if (!HARMLESS.includes(codeOf(error))) this.release();
      throw error;
    }
  }

  /** Lets the file grow to so many pages and no further, until the thread is replaced: a disk that is full. */
  async limit(file: string, pages: number): Promise<void> {
    await this.#call({ kind: 'limit', file, pages });
  }

  /** Closes every file once the commits under way are done; the next commit opens what it needs. */
  release(): void {
    if (this.#thread === null) return;
    const ended: Promise<void> = this.#thread.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
    this.#thread = null;
  }

  async close(): Promise<void> {
    this.release();
    await Promise.all(this.#ending);
  }

  #call(request: CommitRequest): Promise<void> {
    if (this.#thread === null || this.#thread.dead) this.#thread = new CallThread(this.#script, {});
    return this.#thread.call(request);
  }
}
