import { pointerStamp, readPointer, type ServingPointer } from './storage/serving-pointer.js';

const EVERY_MS = 500;

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
      const stamp = pointerStamp(this.#directory);
      if (stamp !== this.#stamp && (await this.#hooks.changed(readPointer(this.#directory)))) this.#stamp = stamp;
    } catch (error) {
      this.#hooks.failed(error);
    }
    this.#looking = false;
  }
}
