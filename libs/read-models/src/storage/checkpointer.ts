import { Worker } from 'node:worker_threads';
import { STOP } from './call-thread.js';

/**
 * Moves what stands in the WALs into their files about once a second, in a thread of its own: the fsync of a checkpoint
 * neither stops the event loop nor a commit. Should the thread die, the commits do it themselves, later and with a pause.
 */
export class Checkpointer {
  readonly #worker = new Worker(new URL('./checkpoint-thread.js', import.meta.url));
  readonly #exit: Promise<void>;

  constructor(onError: (error: unknown) => void) {
    this.#worker.on('error', onError);
    this.#exit = new Promise((resolve) => {
      this.#worker.on('exit', () => resolve());
    });
    this.#worker.unref();
  }

  /** From now on these files and no others. */
  serve(files: readonly string[]): void {
    this.#worker.postMessage(files);
  }

  /** Waits for the checkpoint under way. */
  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage(STOP);
    await this.#exit;
  }
}
