/** One record of a topic: whoever has the key reads its records in order. */
export interface TopicRecord {
  readonly key: string;
  readonly value: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A topic that one writer at a time fills from somewhere, with how far it came kept beside the records: both are committed together
 * or not at all, so that whoever reads only what is committed gets every record once.
 */
export interface CheckpointedTopic {
  /**
   * Becomes the writer: what another one has begun is undone, and from now on it can commit nothing more. Throws TopicUnusable when no
   * repeat would help, and anything else when one may.
   */
  takeOver(): Promise<TopicWriter>;
  /** How far whoever writes has come, as readers see it: a commit shows a moment later. Null: nothing was ever committed. */
  committed(): Promise<string | null>;
  close(): Promise<void>;
}

export interface TopicWriter {
  /** What stood there when this writer took over. */
  readonly checkpoint: string | null;
  /**
   * Commits all the records with the checkpoint, or nothing. One call at a time. Throws Fenced when another writer has taken over.
   * After any error the writer is of no use, and whether the records were committed is for the next `takeOver` to tell.
   */
  write(records: readonly TopicRecord[], checkpoint: string): Promise<void>;
  close(): Promise<void>;
}

/** Another writer has taken over, or this one was silent for so long that its transaction was given up. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** The topic is not as it must be; the message says how, for the operator. */
export class TopicUnusable extends Error {
  override readonly name = 'TopicUnusable';
}
