import type { Backoff } from './backoff.js';

export interface StreamWriterOptions {
  /** States of idle streams that are kept. */
  readonly maxIdleStreams?: number;
  /** How long the state of an idle stream is kept, milliseconds. */
  readonly idleMs?: number;
  /** Commands that are decided and committed together. */
  readonly maxBatch?: number;
  /** Commands that may wait, over all streams. */
  readonly maxWaiting?: number;
  /** Events between two snapshots of a stream, where there are snapshots at all. */
  readonly snapshotEvery?: number;
  readonly conflict?: Backoff;
  /** Repeats of an append whose fate is unknown. */
  readonly ambiguous?: Backoff;
  readonly random?: () => number;
  readonly onConflict?: (stream: string) => void;
  readonly onBatch?: (commands: number, events: number) => void;
  /** A batch that could not be stored, or whose fate is unknown. */
  readonly onFailure?: (error: unknown) => void;
}

const DEFAULTS: Required<StreamWriterOptions> = {
  maxIdleStreams: 10_000,
  idleMs: 60_000,
  maxBatch: 512,
  maxWaiting: 20_000,
  // What is folded in some tens of milliseconds. Most lots never have as many events.
  snapshotEvery: 10_000,
  // Short pauses and many: the longer one waits, the more others have written meanwhile. Some seconds in all.
  conflict: { initialMs: 1, capMs: 20, retries: 200 },
  ambiguous: { initialMs: 20, capMs: 400, retries: 4 },
  random: Math.random,
  onConflict: () => undefined,
  onBatch: () => undefined,
  onFailure: () => undefined,
};

export const withDefaults = (options: StreamWriterOptions): Required<StreamWriterOptions> => ({
  ...DEFAULTS,
  ...options,
});
