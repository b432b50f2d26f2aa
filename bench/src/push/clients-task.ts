export interface ClientsTask {
  /** ws://... */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clients: number;
  /** What each sends when it is connected; null: nothing. */
  readonly hello: object | null;
}

/** What is told to the parent, now and then. */
export interface Received {
  readonly ready: number;
  /** Messages of bids, by all clients. */
  readonly bids: number;
  /** From the sending of the bid to its arrival, of some clients, milliseconds. */
  readonly latenciesMs: readonly number[];
}

/** Amounts count milliseconds from here, so that they fit. */
export const EPOCH_MS = 1_760_000_000_000;
