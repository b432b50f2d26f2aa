import type { Refusal } from '#auction/refusal.js';
import type { Position, RecordedEvent } from '../event-store.js';

/** Where a command comes from; becomes the metadata of its events. */
export interface CommandContext {
  /** UUID; the same for a repeat of the same command. */
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** `role:subject` of the credential, or `system`. */
  readonly actor: string;
  /** Set under an idempotency key: the repeat of a command with the same digest gets the first answer. */
  readonly requestDigest?: string;
  readonly traceparent?: string;
  /**
   * This command was tried before without a key, and its events may stand behind this revision: they are looked for in the stream,
   * so that it is carried out once.
   */
  readonly triedBehind?: number;
  /** The revisions that the caller would have it decided on (`If-Match`): the command is refused as stale on any other. */
  readonly expectedRevisions?: readonly number[];
}

/** What became of a command, after the commit. `state` is the state right behind it. */
export type Outcome<State, Event> =
  | {
      readonly kind: 'accepted';
      readonly events: readonly (RecordedEvent & Event)[];
      readonly state: State;
      readonly revision: number;
      /** Of the last of its events. */
      readonly position: Position;
      /** True when the events were committed by an earlier run of the same command; `state` is then the newest one. */
      readonly repeated: boolean;
    }
  | { readonly kind: 'unchanged'; readonly state: State; readonly revision: number; readonly position: Position }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      /** On which it was refused; left out where the stream was not asked. */
      readonly state?: State;
    }
  | { readonly kind: 'stale'; readonly actual: number }
  | { readonly kind: 'key-reused' };

/** A command under way. */
export interface Attempt<State, Event> {
  /** Rejects with StoreUnavailable, Contention or Overloaded. Never settles when the command was withdrawn in time. */
  readonly outcome: Promise<Outcome<State, Event>>;
  /**
   * Takes the command back: it is not decided again. Answers the revision behind which its events may stand, or still arrive when an
   * append is in flight; null: it never went to the store and never will.
   */
  withdraw(): number | null;
}

/** The stream is written by too many at once: nothing of the command was stored; try again. */
export class Contention extends Error {
  override readonly name = 'Contention';
}

/** Too many commands wait already: nothing of the command was stored; try again. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}
