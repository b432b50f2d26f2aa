import { Worker } from 'node:worker_threads';

export type Answer =
  | { readonly value: unknown }
  | { readonly failure: { readonly message: string; readonly code: string } };

/** The last message to a thread: it ends by itself, once everything before it is done. */
export const STOP = 'stop';

/** What a thread is started with, beside its own data. */
export interface ThreadData {
  /** Becomes 1 when what still waits for the thread is of no use any more. */
  readonly abandoned: Int32Array;
}

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

/**
 * A worker thread that answers calls in order. It keeps the process alive only while a call is under way.
 *
 * It is never terminated from outside: in the middle of a call into libsql that aborts the whole process.
 */
export class CallThread {
  readonly #worker: Worker;
  readonly #abandoned = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiting: Waiting[] = [];
  readonly #exit: Promise<void>;
  #stopped = false;
  #death: Error | null = null;

  constructor(script: URL, data: object) {
    this.#worker = new Worker(script, { workerData: { ...data, abandoned: this.#abandoned } satisfies ThreadData });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error : new Error(String(error))));
    this.#exit = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#die(new Error('the thread has ended'));
        resolve();
      });
    });
    this.#worker.unref();
  }

  get dead(): boolean {
    return this.#death !== null;
  }

  /** Rejects with what the thread threw (`code` included), or because it ended. */
  call<Value>(request: object): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      if (this.#death !== null) return reject(this.#death);
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(request);
    });
  }

  /** Lets the thread end behind the calls under way, and waits for that: only then are its files closed for certain. */
  async end(): Promise<void> {
    if (!this.#stopped && !this.dead) {
      this.#stopped = true;
      this.#worker.ref();
      this.#worker.postMessage(STOP);
    }
    await this.#exit;
  }

  /** The same, but of the calls under way only the one that has begun is done; the others are rejected. */
  async abandon(): Promise<void> {
    Atomics.store(this.#abandoned, 0, 1);
    await this.end();
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.shift();
    if ('value' in answer) waiting?.resolve(answer.value as never);
    else waiting?.reject(Object.assign(new Error(answer.failure.message), { code: answer.failure.code }));
    if (this.#waiting.length === 0 && !this.#stopped) this.#worker.unref();
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death);
  }
}
