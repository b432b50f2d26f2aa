import { checkWhole } from '../check-whole.js';
import type { EventReader, Position, RecordedEvent } from '../event-store.js';
import type { Upcast } from '../upcast.js';
import { decode } from './decode.js';
import type { Pages } from './pages.js';
import { numberOf, positionOf } from './positions.js';

/** The port's reading half over bounded pages: however much is asked for, no step takes long. */
export class PagedReader implements EventReader {
  readonly #pages: Pages;
  readonly #upcast: Upcast;

  constructor(pages: Pages, upcast: Upcast) {
    this.#pages = pages;
    this.#upcast = upcast;
  }

  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<RecordedEvent[]> {
    checkWhole('fromRevision', fromRevision, 0);
    checkWhole('maxCount', maxCount, 1);
    const events: RecordedEvent[] = [];
    for (let end = false; !end && events.length < maxCount; ) {
      const page = await this.#pages.ofStream(stream, fromRevision + events.length, maxCount - events.length);
      for (const text of page.texts) events.push(...decode(text, this.#upcast));
      end = page.end;
    }
    return events;
  }

  async readAll(after: Position | null, maxCount: number, types?: readonly string[]): Promise<RecordedEvent[]> {
    checkWhole('maxCount', maxCount, 1);
    const events: RecordedEvent[] = [];
    let from = numberOf(after);
    for (let end = false; !end && events.length < maxCount; ) {
      const page = await this.#pages.ofAll(from, maxCount - events.length, types);
      for (const text of page.texts) events.push(...decode(text, this.#upcast));
      from = page.scannedTo;
      end = page.end;
    }
    return events;
  }

  async head(): Promise<Position | null> {
    return positionOf(await this.#pages.head());
  }

  idAt(position: Position): Promise<string | null> {
    return this.#pages.idAt(position);
  }
}
