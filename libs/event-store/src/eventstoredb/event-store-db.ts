import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { Slots } from '#platform/slots.js';
import { checkWhole } from '../check-whole.js';
import type { CommitReport } from '../commit-report.js';
import {
  type AppendResult,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type FollowOptions,
  type Position,
  type RecordedEvent,
  StoreUnavailable,
} from '../event-store.js';
import { catalogueUpcast, type Upcast } from '../upcast.js';
import { Appending } from './appending.js';
import { type Connection, parseConnectionString } from './connection-string.js';
import { outage } from './failures.js';
import { follow } from './follow.js';
import { LiveTail } from './live-tail.js';
import { PendingAppend } from './pending-append.js';
import { Reading } from './reading.js';

/** A server takes a hundred calls on a connection; the rest is for subscriptions, which are calls that do not end. */
const CALLS_AT_ONCE = 64;
const DISPOSE_MS = 500;

export interface EventStoreDbOptions {
  /** `esdb://…`, `esdb+discover://…`, or the same with `kurrentdb`: see connection-string.ts. */
  readonly url: string;
  readonly onCommit?: ((report: CommitReport) => void) | undefined;
  /** A follower lost its subscription, and takes it up again. */
  readonly onOutage?: ((error: unknown) => void) | undefined;
  readonly upcast?: Upcast | undefined;
  /** How long a call may take without a sign of life, milliseconds. */
  readonly patienceMs?: number | undefined;
  /** A subscription that is silent for so long is looked at, milliseconds. */
  readonly silenceMs?: number | undefined;
}

/** Opens a store without connecting: a server that is down is an outage like any other. Throws BadConnectionString. */
export const openEventStoreDb = (options: EventStoreDbOptions): EventStore => new EventStoreDb(options);

/** EventStoreDB, or KurrentDB, by its gRPC client. */
class EventStoreDb implements EventStore {
  readonly #options: EventStoreDbOptions;
  readonly #connection: Connection;
  readonly #client: EventStoreDBClient;
  readonly #upcast: Upcast;
  readonly #slots = new Slots(CALLS_AT_ONCE);
  readonly #reading: Reading;
  readonly #tail: LiveTail;
  readonly #appending: Appending;
  /** Tells what this process writes from what others do. */
  readonly #writer = randomUUID().slice(0, 8);
  readonly #closing = new AbortController();
  readonly #pending = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(options: EventStoreDbOptions) {
    this.#options = options;
    this.#connection = parseConnectionString(options.url);
    this.#client = EventStoreDBClient.connectionString(this.#connection.url);
    this.#upcast = options.upcast ?? catalogueUpcast;
    const patienceMs = options.patienceMs ?? 5_000;
    this.#reading = new Reading({
      client: this.#client,
      upcast: this.#upcast,
      patienceMs,
      shown: this.#connection.shown,
    });
    this.#tail = new LiveTail({
      client: this.#client,
      upcast: this.#upcast,
      writer: this.#writer,
      closing: this.#closing.signal,
      silenceMs: options.silenceMs ?? 10_000,
      head: () => this.head(),
      onOutage: (error) => this.#tellOutage(error),
    });
    this.#appending = new Appending({
      client: this.#client,
      reading: this.#reading,
      tail: this.#tail,
      connection: this.#connection,
      patienceMs,
      onCommit: options.onCommit,
    });
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    const append = new PendingAppend({ stream, expected, events }, this.#writer, this.#upcast);
    return this.#call(() => this.#appending.append(append));
  }

  async readStream(stream: string, fromRevision: number, maxCount: number): Promise<readonly RecordedEvent[]> {
    checkWhole('fromRevision', fromRevision, 0);
    checkWhole('maxCount', maxCount, 1);
    return this.#call(() => this.#reading.stream(stream, fromRevision, maxCount));
  }

  async readAll(
    after: Position | null,
    maxCount: number,
    types?: readonly string[],
  ): Promise<readonly RecordedEvent[]> {
    checkWhole('maxCount', maxCount, 1);
    return this.#call(() => this.#reading.all(after, maxCount, types));
  }

  async head(): Promise<Position | null> {
    return this.#call(() => this.#reading.head());
  }

  async idAt(position: Position): Promise<string | null> {
    return this.#call(() => this.#reading.idAt(position));
  }

  follow(options: FollowOptions): AsyncIterable<readonly RecordedEvent[]> {
    return follow(
      {
        tail: this.#tail,
        closing: this.#closing.signal,
        page: (after, types) => this.#call(() => this.#reading.page(after, types)),
        onOutage: (error) => this.#tellOutage(error),
      },
      options,
    );
  }

  heardOf(stream: string, fromRevision: number): readonly RecordedEvent[] {
    return this.#tail.heardOf(stream, fromRevision);
  }

  untilHeard(stream: string, revision: number): Promise<boolean> {
    return this.#tail.untilHeard(stream, revision);
  }

  turn(stream: string): Promise<void> {
    return this.#tail.turn(stream);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#pending);
    // Nothing is left but calls that were cancelled; one that does not end keeps nobody waiting.
    await Promise.race([this.#client.dispose(), sleep(DISPOSE_MS, undefined, { ref: false })]);
  }

  #tellOutage(error: unknown): void {
    this.#options.onOutage?.(outage(this.#connection.shown, error, false));
  }

  /** Runs a call when it is its turn, unless the store is closed. */
  async #call<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#closed !== undefined) throw new StoreUnavailable('the event store is closed', false);
    const running = this.#slots.run(work);
    this.#pending.add(running);
    try {
      return await running;
    } finally {
      this.#pending.delete(running);
    }
  }
}
