import { Worker } from 'node:worker_threads';

export type Answer =
  | { readonly value: unknown }
  | { readonly failure: { readonly message: string; readonly code: string } };

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

/** A worker thread that answers calls in order. It keeps the process alive only while a call is under way. */
export class CallThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  readonly #exit: Promise<void>;
  #idle: (() => void) | null = null;
  #death: Error | null = null;

  constructor(script: URL, data: object) {
    this.#worker = new Worker(script, { workerData: data });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#die(error));
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
      if (this.#waiting.length === 0) this.#worker.ref();
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  /** Waits for the calls under way, then ends the thread: only that closes its files for certain. */
  async end(): Promise<void> {
    if (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.kill();
  }

  /** Ends the thread in the middle of whatever it does; calls under way are rejected. */
  async kill(): Promise<void> {
    this.#worker.ref();
    await this.#worker.terminate();
    await this.#exit;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.shift();
    if ('value' in answer) waiting?.resolve(answer.value as never);
    else waiting?.reject(Object.assign(new Error(answer.failure.message), { code: answer.failure.code }));
    if (this.#waiting.length === 0) this.#rest();
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death);
    this.#rest();
  }

  #rest(): void {
    this.#worker.unref();
    this.#idle?.();
  }
}
