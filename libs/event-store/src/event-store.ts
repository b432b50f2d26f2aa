import type { EpochMs } from '#contracts/time.js';

/**
 * A place in the store's commit order: a decimal number as text, opaque but comparable (`comparePositions`).
 * Positions rise in commit order and may have gaps.
 */
export type Position = string;

/** Negative when `a` was committed before `b`, 0 when equal. */
export function comparePositions(a: Position, b: Position): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

export interface EventMetadata {
  /** The command that caused the event; a fold that has seen it ignores the command's repeat. */
  readonly commandId: string;
  /** The outermost request. */
  readonly correlationId: string;
  /** What caused the command: a request id or an event id. */
  readonly causationId: string;
  /** Who: `role:subject` of the credential, or `system`. */
  readonly actor: string;
  /** Digest of the request's body under an idempotency key: the same key with another body is refused. */
  readonly requestDigest?: string;
  /** W3C trace context of the request. */
  readonly traceparent?: string;
}

export interface EventToAppend {
  /** UUID v5 of (stream, commandId, index): a repeat of the same append is recognised by it. */
  readonly id: string;
  readonly type: string;
  /** Version of the event type under which `data` is written. */
  readonly version: number;
  readonly data: object;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent<Data extends object = object> {
  readonly id: string;
  readonly stream: string;
  /** Place in the stream, from 0, contiguous. */
  readonly revision: number;
  readonly position: Position;
  readonly type: string;
  /** In the newest version of the type: upcasters have run. */
  readonly data: Data;
  readonly metadata: EventMetadata;
  readonly recordedAt: EpochMs;
}

/** The revision that the writer has folded: the append is committed exactly behind it, or not at all. */
export type ExpectedRevision = number | 'no-stream';

export type AppendResult =
  | { readonly outcome: 'appended'; readonly events: readonly RecordedEvent[] }
  | { readonly outcome: 'conflict'; readonly actual: ExpectedRevision };

/** The reading half: all that a projection, a replay or the CLI needs. */
export interface EventReader {
  /** At most `maxCount` events of the stream from `fromRevision` on, in order; none when the stream is missing or ends before. */
  readStream(stream: string, fromRevision: number, maxCount: number): Promise<readonly RecordedEvent[]>;

  /** At most `maxCount` events of all streams behind `after` (null: from the beginning), in commit order; `types` filters. */
  readAll(after: Position | null, maxCount: number, types?: readonly string[]): Promise<readonly RecordedEvent[]>;

  /** Position of the last committed event; null when the store is empty. */
  head(): Promise<Position | null>;

  /**
   * Id of the event at exactly this position; null when none stands there. Whoever keeps a position keeps the id beside it: a store that
   * was set back to an older state and has grown since has other events at the same positions.
   */
  idAt(position: Position): Promise<string | null>;
}

export interface FollowOptions {
  /** The last position that was handled; null: from the beginning. */
  readonly after: Position | null;
  readonly signal: AbortSignal;
  /** Only events of these types. */
  readonly types?: readonly string[];
}

/**
 * The port to an event store. One append is one commit to one stream at an exact revision: there is no 'any', no delete, no
 * force. Every adapter passes the suite in contract-suite.ts.
 */
export interface EventStore extends EventReader {
  /**
   * Commits all the events behind `expected`, or none. Acknowledged after the commit is durable. A repeat of an append that was
   * committed (same ids, same expected revision) answers `appended` with the events as they were first recorded.
   * Rejects with StoreUnavailable, or AppendTooLarge.
   */
  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult>;

  /**
   * Every event behind `after`, in commit order, without gap or duplicate: first those stored, then live ones as they are
   * committed. Ends only when `signal` is aborted or the store is closed; survives outages of the store by itself.
   */
  follow(options: FollowOptions): AsyncIterable<readonly RecordedEvent[]>;

  /**
   * Whether nobody else can write the streams, and appends are committed in the order of their hand-over: one may be handed over behind
   * another that is not answered yet.
   */
  readonly isSoleWriter?: boolean;

  /**
   * Events of the stream from a revision on, contiguous, that this process was told already: no call is made, and there may be
   * more. Only where other processes write as well.
   */
  heardOf?(stream: string, fromRevision: number): readonly RecordedEvent[];

  /** Waits until the event at this revision, which is stored, was told, so that `heardOf` may have it; false when that takes too long. */
  untilHeard?(stream: string, revision: number): Promise<boolean>;

  /** Waits, within a bound, while it is for other processes to write the stream: they would be in conflict. Never rejects. */
  turn?(stream: string): Promise<void>;

  /** Commits what was handed over, then lets go of the files or connections. */
  close(): Promise<void>;
}

/** The store could not answer. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';

  constructor(
    /** One sentence for the operator: which part failed and why. */
    message: string,
    /** Whether the events may have been committed all the same: then repeat the identical append, and only that. */
    readonly ambiguous: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** More than the store takes in one append; nothing was written. Fewer events may pass. */
export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';

  constructor(
    readonly stream: string,
    readonly bytes: number,
  ) {
    super(`an append of ${bytes} bytes to ${stream} is more than the event store takes at once`);
  }
}

/** The store's files are torn, foreign or held by another process: the start stops with this message. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';

  constructor(
    message: string,
    options?: ErrorOptions,
    /** Of the event that cannot be read, where the store can tell. */
    readonly position?: Position,
  ) {
    super(message, options);
  }
}
