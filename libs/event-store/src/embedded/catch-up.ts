import { setTimeout as pause } from 'node:timers/promises';
import type { RecordedEvent } from '../event-store.js';
import { lastingFault } from '../lasting-fault.js';
import type { Upcast } from '../upcast.js';
import { decode } from './decode.js';
import type { Pages } from './pages.js';
import { PAGE_EVENTS, type ScannedPage } from './rows.js';

/** Between two attempts to read while the files do not answer. */
const RETRY_MS = 250;

export interface Caught {
  readonly events: readonly RecordedEvent[];
  /** The position up to which nothing is left to read. */
  readonly until: number;
}

/** Reads what is stored, for one follower, and one page ahead of it: the reader thread works while this one does. */
export class CatchUp {
  readonly #pages: Pages;
  readonly #upcast: Upcast;
  readonly #types: readonly string[] | undefined;
  #ahead: { readonly from: number; readonly page: Promise<ScannedPage> } | undefined;

  constructor(pages: Pages, upcast: Upcast, types: readonly string[] | undefined) {
    this.#pages = pages;
    this.#upcast = upcast;
    this.#types = types;
  }

  /**
   * What is stored behind a position, a page of it. Nothing, after a pause, during an outage. Throws StoreUnusable when the
   * files are damaged.
   */
  async next(from: number): Promise<Caught> {
    try {
      const { texts, scannedTo, end } = await this.#pageBehind(from);
      this.#ahead = end ? undefined : this.#ask(scannedTo);
      return { events: texts.flatMap((text) => decode(text, this.#upcast)), until: scannedTo };
    } catch (error) {
      this.#ahead = undefined;
      const fault = lastingFault(error);
      if (fault !== undefined) throw fault;
      await pause(RETRY_MS, undefined, { ref: false });
      return { events: [], until: from };
    }
  }

  #pageBehind(from: number): Promise<ScannedPage> {
    return this.#ahead?.from === from ? this.#ahead.page : this.#pages.ofAll(from, PAGE_EVENTS, this.#types);
  }

  #ask(from: number): { from: number; page: Promise<ScannedPage> } {
    const page = this.#pages.ofAll(from, PAGE_EVENTS, this.#types);
    page.catch(() => {}); // Whoever takes the page hears of its failure; perhaps nobody takes it.
    return { from, page };
  }
}
