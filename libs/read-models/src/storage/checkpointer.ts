import { Worker } from 'node:worker_threads';

/**
 * Moves what stands in the WALs into their files about once a second, in a thread of its own: the fsync of a checkpoint
 * neither stops the event loop nor a commit. Should the thread die, the commits do it themselves, later and with a pause.
 */
export class Checkpointer {
  readonly #worker = new Worker(new URL('./checkpoint-thread.js', import.meta.url));

  constructor(onError: (error: Error) => void) {
    this.#worker.on('error', onError);
    this.#worker.unref();
  }

  /** From now on these files and no others. */
  serve(files: readonly string[]): void {
    this.#worker.postMessage(files);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
