import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import type { Position } from '../event-store.js';
import { eventsOf } from './reads.js';
import { isOwn, positionOf } from './recorded-event.js';

/** Of the pages behind the first, which has one: mostly the last event is Gavel's own, or the one that was seen last time. */
const PAGE_EVENTS = 64;

/**
 * The position of the last own event. Behind it stand events of the server, one every 30 seconds at least, and a read cannot
 * leave them out: it goes backwards, as far as the last look went.
 */
export class Head {
  readonly #client: EventStoreDBClient;
  readonly #patienceMs: number;
  #looked: { readonly until: bigint; readonly own: Position | null } = { until: -1n, own: null };

  constructor(client: EventStoreDBClient, patienceMs: number) {
    this.#client = client;
    this.#patienceMs = patienceMs;
  }

  async position(): Promise<Position | null> {
    let newest: bigint | undefined;
    let before: bigint | null = null;
    for (;;) {
      const page: readonly ResolvedEvent[] = await this.#pageBefore(before);
      newest ??= page[0] === undefined ? -1n : BigInt(positionOf(page[0]));
      // A store that ends before it did is another one, or an older copy.
      const known = newest >= this.#looked.until ? this.#looked : { until: -1n, own: null };
      for (const event of page) {
        const position = BigInt(positionOf(event));
        if (position <= known.until) return this.#remember(newest, known.own);
        if (isOwn(event)) return this.#remember(newest, position.toString());
        before = position;
      }
      if (page.length === 0) return this.#remember(newest, null);
    }
  }

  #remember(until: bigint, own: Position | null): Position | null {
    this.#looked = { until, own };
    return own;
  }

  async #pageBefore(before: bigint | null): Promise<readonly ResolvedEvent[]> {
    const fromPosition = before === null ? ('end' as const) : { commit: before, prepare: before };
    const page = await eventsOf(
      () =>
        this.#client.readAll({
          direction: 'backwards',
          fromPosition,
          maxCount: before === null ? 1 : PAGE_EVENTS,
          requiresLeader: true,
        }) as never,
      this.#patienceMs,
    );
    return before === null ? page : page.filter((event) => BigInt(positionOf(event)) < before);
  }
}
