import { StoreUnavailable } from '../event-store.js';
import { ThreadLife, type ThreadOptions } from './thread-life.js';

/**
 * A worker thread that answers requests in order. When it dies of a request, what was in flight is rejected and a new thread
 * is started at once; when that start fails, the next request tries again. So nothing waits for a thread that is not there,
 * and a fault that has passed needs no restart of the process.
 */
export class Thread<Started, Request, Value> {
  readonly #options: ThreadOptions<Started>;
  #life: ThreadLife<Started, Request, Value> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: ThreadOptions<Started>) {
    this.#options = options;
  }

  /** Rejects with StoreUnavailable when the thread cannot do its work. */
  start(): Promise<void> {
    return this.#alive().started;
  }

  /** Rejects with StoreUnavailable. */
  request(request: Request): Promise<Value> {
    if (this.#stopped !== undefined) return Promise.reject(new StoreUnavailable('the event store is closed', false));
    return this.#alive().request(request);
  }

  /** Waits for the requests that were made, and for the thread to end. */
  stop(): Promise<void> {
    this.#stopped ??= this.#life?.stop() ?? Promise.resolve();
    return this.#stopped;
  }

  #alive(): ThreadLife<Started, Request, Value> {
    this.#life ??= new ThreadLife(this.#options, (diedOfRequest) => {
      this.#life = undefined;
      if (diedOfRequest && this.#stopped === undefined) this.#alive();
    });
    return this.#life;
  }
}
