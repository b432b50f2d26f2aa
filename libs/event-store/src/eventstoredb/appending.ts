import type { EventStoreDBClient, WrongExpectedVersionError } from '@eventstore/db-client';
import type { CommitReport } from '../commit-report.js';
import {
  type AppendResult,
  AppendTooLarge,
  type ExpectedRevision,
  type RecordedEvent,
  StoreUnavailable,
} from '../event-store.js';
import type { Connection } from './connection-string.js';
import { isAmbiguous, isTooLarge, outage, typeOf } from './failures.js';
import type { LiveTail } from './live-tail.js';
import type { PendingAppend } from './pending-append.js';
import type { Reading } from './reading.js';

/** How often an append follows the leader from node to node. */
const LEADERS = 3;
/**
 * How long an append waits for its events to be told before it reads them: a process that is behind would come still further behind by
 * reading. Milliseconds.
 */
const OWN_WITHIN_MS = 1_000;

export interface AppendingParts {
  readonly client: EventStoreDBClient;
  readonly reading: Reading;
  readonly tail: LiveTail;
  readonly connection: Connection;
  /** How long a call may take, milliseconds. */
  readonly patienceMs: number;
  readonly onCommit: ((report: CommitReport) => void) | undefined;
}

/** The writing half of the adapter. */
export class Appending {
  readonly #parts: AppendingParts;

  constructor(parts: AppendingParts) {
    this.#parts = parts;
  }

  /** Appends once. The caller repeats the identical append while its fate is open. Rejects with StoreUnavailable, or AppendTooLarge. */
  async append(append: PendingAppend): Promise<AppendResult> {
    const { tail, connection, onCommit } = this.#parts;
    const startedAt = performance.now();
    const { stream, first, events } = append;
    const expected = tail.expect(stream, first, events.length);
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
      throw outage(connection.shown, new Error(`${stream} is not as it was written`), true);
    const milliseconds = performance.now() - startedAt;
    tail.took(milliseconds);
    onCommit?.({ appends: 1, events: events.length, bytes: append.bytes, milliseconds });
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
        if (isTooLarge(error)) throw new AppendTooLarge(append.stream, append.bytes);
        // Nothing was written, and the client knows the leader from now on.
        if (typeOf(error) === 'not-leader' && attempt < LEADERS) continue;
        throw outage(this.#parts.connection.shown, error, isAmbiguous(error));
      }
    }
  }

  /**
   * With credentials the client makes one call for each append. Without, all appends of the process share a call on which a lost
   * reply is waited for for ever, and an error on one client's call rejects the appends of all.
   */
  async #confirmed({ stream, expected, data }: PendingAppend): Promise<void> {
    const { client, connection, patienceMs } = this.#parts;
    const { credentials } = connection;
    const expectedRevision = expected === 'no-stream' ? 'no_stream' : BigInt(expected);
    const options = { expectedRevision, credentials, requiresLeader: true, deadline: patienceMs } as const;
    // The deadline begins when there is a connection; until then nothing bounds the call but this.
    await within(client.appendToStream(stream, data, options), patienceMs + 500);
  }

  /** What stands where the append belongs: as a rule this process is about to be told, and a call is spared. */
  async #inItsPlace(append: PendingAppend): Promise<readonly RecordedEvent[]> {
    const { tail } = this.#parts;
    const { stream, first, events } = append;
    if (await tail.untilHeard(stream, first)) {
      const heard = tail.heardOf(stream, first).slice(0, events.length);
      const isOther = heard[0] !== undefined && heard[0].id !== events[0]?.id;
      if (isOther || heard.length === events.length) return heard;
    }
    return this.#readBack(append);
  }

  async #readBack({ stream, first, events }: PendingAppend): Promise<readonly RecordedEvent[]> {
    try {
      return await this.#parts.reading.stream(stream, first, events.length);
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
