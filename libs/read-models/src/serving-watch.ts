import { pointerStamp, readPointer, type ServingPointer } from './storage/serving-pointer.js';

const EVERY_MS = 500;
/** At most this many looks are left out after a generation could not be taken: 32 seconds. */
const MAX_PAUSE_LOOKS = 64;

export interface WatchHooks {
  /** The pointer has changed: also by this process. False: look again, it could not be followed now. */
  changed(serving: ServingPointer): Promise<boolean>;
  /** Called at every look. */
  looked(): void;
  failed(error: unknown): void;
}

/** Notices when another process lets a new generation serve. */
export class ServingWatch {
  readonly #directory: string;
  readonly #hooks: WatchHooks;
  readonly #timer: NodeJS.Timeout;
  /** Empty: the first look compares everything, whatever was replaced since the start. */
  #stamp = '';
  #looking = false;
  #failures = 0;
  #pauseLooks = 0;

  constructor(directory: string, hooks: WatchHooks) {
    this.#directory = directory;
    this.#hooks = hooks;
    this.#timer = setInterval(() => void this.#look(), EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      this.#hooks.looked();
      await this.#followPointer(pointerStamp(this.#directory));
    } catch (error) {
      this.#hooks.failed(error);
    }
    this.#looking = false;
  }

  async #followPointer(stamp: string): Promise<void> {
    if (stamp === this.#stamp) return;
    if (this.#pauseLooks > 0) {
      this.#pauseLooks -= 1;
      return;
    }
    if (await this.#hooks.changed(readPointer(this.#directory))) {
      this.#stamp = stamp;
      this.#failures = 0;
    } else {
      this.#failures += 1;
      this.#pauseLooks = Math.min(MAX_PAUSE_LOOKS, 2 ** this.#failures);
    }
  }
}
