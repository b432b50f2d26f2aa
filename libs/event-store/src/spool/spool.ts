import { Thread } from '../embedded/thread.js';
import { StoreUnavailable, StoreUnusable } from '../event-store.js';
import type { SpoolChanges, SpoolEntry } from './spool-file.js';
import type { SpoolData } from './spool-thread.js';

export type { SpoolEntry } from './spool-file.js';

interface Waiting {
  readonly add: (changes: MutableChanges) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

type MutableChanges = { -readonly [K in keyof SpoolChanges]: SpoolChanges[K][number][] };

/** The id of no entry. */
const PROBE = 'probe';

/**
 * A place on the local disk for what was accepted and cannot be stored yet. Every change is answered once it is durable; changes
 * that wait share one commit. They reject with StoreUnavailable when the disk does not take them.
 */
export class Spool {
  /** What lay in the file at the start, in order of arrival. */
  readonly found: readonly SpoolEntry[];
  readonly #thread: Thread<SpoolEntry[], SpoolChanges, null>;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  private constructor(thread: Thread<SpoolEntry[], SpoolChanges, null>, found: readonly SpoolEntry[]) {
    this.#thread = thread;
    this.found = found;
  }

  /** Opens the spool in a directory, or makes one there. Rejects with StoreUnusable when its file is damaged: it holds promises. */
  static async open(data: SpoolData): Promise<Spool> {
    let found: readonly SpoolEntry[] | undefined;
    const thread = new Thread<SpoolEntry[], SpoolChanges, null>({
      name: 'spool',
      file: new URL('./spool-thread.js', import.meta.url),
      data,
      deathIsAmbiguous: true,
      onStart: (entries) => {
        found ??= entries;
      },
    });
    try {
      await thread.start();
      return new Spool(thread, found ?? []);
    } catch (error) {
      throw new StoreUnusable((error as Error).message, { cause: error });
    }
  }

  put(entry: Pick<SpoolEntry, 'id' | 'arrival' | 'text'>): Promise<void> {
    return this.#change((changes) => changes.put.push(entry));
  }

  /** Whether the disk takes that much: writes it durably, and leaves nothing of it. */
  probe(text: string): Promise<void> {
    return this.#change((changes) => {
      changes.put.push({ id: PROBE, arrival: 0, text });
      changes.remove.push(PROBE);
    });
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#change((changes) => {
      for (const id of ids) changes.remove.push(id);
    });
  }

  /** Keeps the entry, with the reason for which it does not wait any more. */
  refuse(id: string, reason: string): Promise<void> {
    return this.#change((changes) => changes.refuse.push({ id, reason }));
  }

  /** Ends after the changes that were asked for. */
  async close(): Promise<void> {
    await this.#running;
    await this.#thread.stop();
  }

  #change(add: (changes: MutableChanges) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ add, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // What is asked for in the same turn shares the commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      const changes: MutableChanges = { put: [], remove: [], refuse: [] };
      for (const { add } of group) add(changes);
      try {
        await this.#thread.request(changes);
        for (const { resolve } of group) resolve();
      } catch (error) {
        const failure = error instanceof Error ? error : new StoreUnavailable(String(error), true);
        for (const { reject } of group) reject(failure);
      }
    }
    this.#running = undefined;
  }
}
