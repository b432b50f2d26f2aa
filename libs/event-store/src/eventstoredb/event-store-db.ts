import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDBClient, type WrongExpectedVersionError } from '@eventstore/db-client';
import type { CommitReport } from '../commit-report.js';
import {
  type AppendResult,
  AppendTooLarge,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type FollowOptions,
  type Position,
  type RecordedEvent,
  StoreUnavailable,
} from '../event-store.js';
import { catalogueUpcast, type Upcast } from '../upcast.js';
import { type Connection, parseConnectionString } from './connection-string.js';
import { isAmbiguous, outage, typeOf } from './failures.js';
import { follow } from './follow.js';
import { LiveTail } from './live-tail.js';
import { PendingAppend } from './pending-append.js';
import { Reading } from './reading.js';
import { Slots } from './slots.js';

/** A server takes a hundred calls on a connection; the rest is for subscriptions, which are calls that do not end. */
const CALLS_AT_ONCE = 64;
/** How often an append follows the leader from node to node. */
const LEADERS = 3;
const DISPOSE_MS = 500;
/**
 * How long an append waits for its events to be told before it reads them: a process that is behind would come still further behind by
 * reading. Milliseconds.
 */
const OWN_WITHIN_MS = 1_000;
/** The same for events of others: they may have been told, and forgotten, long ago. */
const OTHERS_WITHIN_MS = 200;

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
  readonly #patienceMs: number;
  readonly #slots = new Slots(CALLS_AT_ONCE);
  readonly #reading: Reading;
  readonly #tail: LiveTail;
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
    this.#patienceMs = options.patienceMs ?? 5_000;
    this.#reading = new Reading({
      client: this.#client,
      upcast: this.#upcast,
      patienceMs: this.#patienceMs,
      shown: this.#connection.shown,
    });
    this.#tail = new LiveTail({
      client: this.#client,
      upcast: this.#upcast,
      writer: this.#writer,
      closing: this.#closing.signal,
      silenceMs: options.silenceMs ?? 10_000,
      head: () => this.head(),
      isBehind: async (position) => (await this.readAll(position, 1)).length > 0,
      onOutage: (error) => this.#tellOutage(error),
    });
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    const append = new PendingAppend({ stream, expected, events }, this.#writer, this.#upcast);
    return this.#call(() => this.#append(append));
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
    return this.#tail.untilHeard(stream, revision, OTHERS_WITHIN_MS);
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

  async #append(append: PendingAppend): Promise<AppendResult> {
    const startedAt = performance.now();
    const { stream, first, events } = append;
    const expected = this.#tail.expect(stream, first, events.length);
    let conflict: ExpectedRevision | null;
    try {
      conflict = await this.#commit(append);
    } catch (error) {
      expected?.cancel();
      throw error;
    }
    if (conflict !== null) {
      expected?.cancel();
      // What the server takes for a conflict may be what an earlier attempt has written.
      const mayBeOurs = conflict !== 'no-stream' && conflict >= first + events.length - 1;
      const there = mayBeOurs ? await this.#inItsPlace(append) : [];
      if (append.isRecordedAs(there)) return { outcome: 'appended', events: there };
      return { outcome: 'conflict', actual: conflict };
    }
    // The server's answer has no time and one position for all: how readers see the events only a reader knows. They are on
    // their way to the followers of this process as well.
    const recorded = (await expected?.within(OWN_WITHIN_MS)) ?? (await this.#readBack(append));
    if (!append.isRecordedAs(recorded))
      throw outage(this.#connection.shown, new Error(`${stream} is not as it was written`), true);
    const milliseconds = performance.now() - startedAt;
    this.#tail.took(milliseconds);
    this.#options.onCommit?.({ appends: 1, events: events.length, bytes: append.bytes, milliseconds });
    return { outcome: 'appended', events: recorded };
  }

  /** Null once it is committed, or the revision where the stream ends instead. */
  async #commit(append: PendingAppend): Promise<ExpectedRevision | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#confirmed(append);
        return null;
      } catch (error) {
        if (typeOf(error) === 'wrong-expected-version') return endOf(error as WrongExpectedVersionError);
        if (typeOf(error) === 'maximum-append-size-exceeded') throw new AppendTooLarge(append.stream, append.bytes);
        // Nothing was written, and the client knows the leader from now on.
        if (typeOf(error) === 'not-leader' && attempt < LEADERS) continue;
        throw outage(this.#connection.shown, error, isAmbiguous(error));
      }
    }
  }

  /**
   * With credentials the client makes one call for each append. Without, all appends of the process share a call on which a lost
   * reply is waited for for ever, and an error on one client's call rejects the appends of all.
   */
  async #confirmed({ stream, expected, data }: PendingAppend): Promise<void> {
    const { credentials } = this.#connection;
    const expectedRevision = expected === 'no-stream' ? 'no_stream' : BigInt(expected);
    const deadline = this.#patienceMs;
    const options = { expectedRevision, credentials, requiresLeader: true, deadline } as const;
    // The deadline begins when there is a connection; until then nothing bounds the call but this.
    await within(this.#client.appendToStream(stream, data, options), this.#patienceMs + 500);
  }

  /** What stands where the append belongs: as a rule this process is about to be told, and a call is spared. */
  async #inItsPlace(append: PendingAppend): Promise<readonly RecordedEvent[]> {
    const { stream, first, events } = append;
    if (await this.untilHeard(stream, first)) {
      const heard = this.heardOf(stream, first).slice(0, events.length);
      const isOther = heard[0] !== undefined && heard[0].id !== events[0]?.id;
      if (isOther || heard.length === events.length) return heard;
    }
    return this.#readBack(append);
  }

  async #readBack({ stream, first, events }: PendingAppend): Promise<readonly RecordedEvent[]> {
    try {
      return await this.#reading.stream(stream, first, events.length);
    } catch (error) {
      // It is written, or may be: the identical append finds out.
      throw new StoreUnavailable((error as Error).message, true, { cause: error });
    }
  }
}

function endOf({ actualVersion }: WrongExpectedVersionError): ExpectedRevision {
  return typeof actualVersion === 'bigint' && actualVersion >= 0n ? Number(actualVersion) : 'no-stream';
}

/** Rejects after so long; what comes of the promise later is of no interest. */
async function within<Value>(promise: Promise<Value>, milliseconds: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `the event store has not confirmed for ${milliseconds} ms`;
    timer = setTimeout(() => reject(new Error(message)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new TypeError(`${name} must be a whole number from ${least}, not ${value}`);
}
