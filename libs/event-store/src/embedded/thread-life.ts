import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../event-store.js';
import { outage } from './outage.js';
import { type Answer, STOP } from './thread-service.js';

export interface ThreadOptions<Started> {
  /** In messages: `writer`, `reader`. */
  readonly name: string;
  readonly file: URL;
  readonly data: unknown;
  /** Whether a request may have taken effect although the thread died before its answer. */
  readonly deathIsAmbiguous: boolean;
  /** Called after each start, before the answer to any request. */
  readonly onStart?: (started: Started) => void;
}

interface Pending<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: StoreUnavailable) => void;
}

/** One worker from its start to its end. */
export class ThreadLife<Started, Request, Value> {
  /** Rejects with StoreUnavailable; a restart has nobody who listens. */
  readonly started: Promise<void>;
  readonly #options: ThreadOptions<Started>;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #pending: Pending<Value>[] = [];
  #beginning: Pending<void> | undefined;
  /** Why the thread never started, or what it died of. */
  #failure: StoreUnavailable | undefined;

  constructor(options: ThreadOptions<Started>, onEnd: (diedOfRequest: boolean) => void) {
    this.#options = options;
    this.#worker = new Worker(options.file, { workerData: options.data });
    this.started = new Promise((resolve, reject) => {
      this.#beginning = { resolve, reject };
    });
    this.started.catch(() => {});
    // In a phase of its own: answers that are taken where they arrive are taken as long as any arrive, and the event loop waits.
    this.#worker.on('message', (answer: Answer<never>) => setImmediate(() => this.#settle(answer)));
    this.#worker.on('error', (error) => {
      this.#failure = this.#death(error instanceof Error ? error.message : String(error));
    });
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        onEnd(this.#beginning === undefined && this.#pending.length > 0);
        this.#rejectPending();
        resolve();
      };
      this.#worker.on('exit', () => setImmediate(end));
    });
  }

  request(request: Request): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#worker.postMessage(request);
      this.#pending.push({ resolve, reject });
    });
  }

  stop(): Promise<void> {
    this.#worker.postMessage(STOP);
    return this.#ended;
  }

  #settle(answer: Answer<never>): void {
    if (this.#beginning !== undefined) {
      this.#begin(answer);
      return;
    }
    const pending = this.#pending.shift();
    if ('value' in answer) pending?.resolve(answer.value);
    else pending?.reject(outage(answer.failure));
  }

  #begin(answer: Answer<Started>): void {
    if (!('value' in answer)) {
      this.#failure = outage(answer.failure);
      return;
    }
    this.#options.onStart?.(answer.value);
    this.#beginning?.resolve();
    this.#beginning = undefined;
  }

  #rejectPending(): void {
    const failure = this.#failure ?? this.#death('for no known reason');
    this.#beginning?.reject(failure);
    for (const pending of this.#pending.splice(0)) pending.reject(failure);
  }

  #death(reason: string): StoreUnavailable {
    const ambiguous = this.#options.deathIsAmbiguous && this.#beginning === undefined;
    return new StoreUnavailable(`the ${this.#options.name} thread of the event store ended: ${reason}`, ambiguous);
  }
}
