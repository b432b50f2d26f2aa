import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import type { Position, RecordedEvent } from '../event-store.js';
import type { Upcast } from '../upcast.js';
import { isCut, isNoPosition, outage } from './failures.js';
import type { ScannedPage } from './follow.js';
import { Head } from './head.js';
import { eventsOf } from './reads.js';
import { decode, isOwn, positionOf } from './recorded-event.js';

const PAGE_EVENTS = 1_000;
/** What a page of all streams may hold beside what is asked for: the event before, and the server's own. */
const SYSTEM_EVENTS = 16;

export interface ReadingParts {
  readonly client: EventStoreDBClient;
  readonly upcast: Upcast;
  readonly patienceMs: number;
  /** The address, as messages show it. */
  readonly shown: string;
}

/** The reading half of the adapter, page by page. Rejects with StoreUnavailable. */
export class Reading {
  readonly #parts: ReadingParts;
  readonly #head: Head;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
    this.#head = new Head(parts.client, parts.patienceMs);
  }

  /** The position of the last own event. */
  head(): Promise<Position | null> {
    return this.#asOutage(() => this.#head.position());
  }

  /** The id of the own event at a position. */
  async idAt(position: Position): Promise<string | null> {
    const at = positionFrom(position);
    const found = await this.#asOutage(() =>
      this.#readAll(at, 1).catch((error: unknown) => (isNoPosition(error) ? [] : Promise.reject(error))),
    );
    const here = found.find((event) => isOwn(event) && positionOf(event) === at.toString());
    return here?.event?.id ?? null;
  }

  /** At most `maxCount` events of the stream from `fromRevision` on. */
  async stream(stream: string, fromRevision: number, maxCount: number): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    while (events.length < maxCount) {
      const count = Math.min(PAGE_EVENTS, maxCount - events.length);
      const fromRevisionOfPage = BigInt(fromRevision + events.length);
      const page = await this.#asOutage(() =>
        eventsOf(
          () =>
            this.#parts.client.readStream(stream, {
              fromRevision: fromRevisionOfPage,
              maxCount: count,
              requiresLeader: true,
            }),
          this.#parts.patienceMs,
        ),
      );
      for (const event of page) events.push(decode(event, this.#parts.upcast));
      if (page.length < count) break;
    }
    return events;
  }

  /** At most `maxCount` own events behind `after`. */
  async all(after: Position | null, maxCount: number, types?: readonly string[]): Promise<readonly RecordedEvent[]> {
    const wanted = types && new Set<string>(types);
    const events: RecordedEvent[] = [];
    let from = after === null ? null : positionFrom(after);
    while (events.length < maxCount) {
      const page = await this.#pageOfAll(from, Math.min(PAGE_EVENTS, maxCount - events.length + SYSTEM_EVENTS));
      for (const resolved of page) {
        const isWanted = isOwn(resolved) && (wanted?.has(resolved.event?.type ?? '') ?? true);
        if (isWanted && events.length < maxCount) events.push(decode(resolved, this.#parts.upcast));
      }
      const last = page.at(-1);
      if (last === undefined) break;
      from = BigInt(positionOf(last));
    }
    return events;
  }

  /** One page, whatever is in it. */
  async page(after: Position | null, types: readonly string[] | undefined): Promise<ScannedPage> {
    const page = await this.#pageOfAll(after === null ? null : positionFrom(after), PAGE_EVENTS);
    const wanted = types && new Set<string>(types);
    const own = page.filter((event) => isOwn(event) && (wanted?.has(event.event?.type ?? '') ?? true));
    const last = page.at(-1);
    return {
      events: own.map((event) => decode(event, this.#parts.upcast)),
      scannedTo: last === undefined ? null : positionOf(last),
    };
  }

  /** A read begins with the event at its position; that one was seen. */
  async #pageOfAll(after: bigint | null, maxCount: number): Promise<readonly ResolvedEvent[]> {
    const page = await this.#asOutage(() => this.#readAll(after, maxCount));
    return after === null ? page : page.filter((event) => BigInt(positionOf(event)) > after);
  }

  #readAll(from: bigint | null, maxCount: number): Promise<ResolvedEvent[]> {
    const fromPosition = from === null ? ('start' as const) : { commit: from, prepare: from };
    const open = () => this.#parts.client.readAll({ fromPosition, maxCount, requiresLeader: true }) as never;
    return eventsOf(open, this.#parts.patienceMs);
  }

  /** A read whose connection breaks is repeated once: mostly there is another connection, or another node, at once. */
  async #asOutage<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work().catch((error: unknown) => (isCut(error) ? work() : Promise.reject(error)));
    } catch (error) {
      throw outage(this.#parts.shown, error, false);
    }
  }
}

function positionFrom(position: Position): bigint {
  if (/^\d{1,20}$/.test(position)) return BigInt(position);
  throw new TypeError(`${position} is not a position of this store`);
}
