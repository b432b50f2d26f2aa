import { StoreUnavailable, StoreUnusable } from '../event-store.js';

/** What the client throws, of any kind. */
interface ClientError {
  /** Of the client's own errors; others have a gRPC code or nothing. */
  readonly type?: string;
  readonly code?: number;
  readonly message?: string;
}

export const typeOf = (error: unknown): string | undefined => (error as ClientError | null)?.type;

/** Answers after which nothing is written: the server has looked at the append and will not do it. */
const DEFINITE = new Set(['not-leader', 'access-denied', 'stream-deleted', 'maximum-append-size-exceeded']);
/** INVALID_ARGUMENT of gRPC: the client gives it no type. */
const INVALID_ARGUMENT = 3;
/** Nothing was sent: there is no connection. The text is grpc-js's; should it change, more is called ambiguous. */
const NEVER_SENT = /No connection established|Name resolution failed|Failed to discover/;

/** Whether an append that failed so may be committed, or still become so. */
export function isAmbiguous(error: unknown): boolean {
  const { type, code } = error as ClientError;
  if ((type !== undefined && DEFINITE.has(type)) || code === INVALID_ARGUMENT) return false;
  return !NEVER_SENT.test(messageOf(error));
}

/** Whether the append, or one event of it, is larger than the server allows: by default 1 MiB, and no limit of an event's own. */
export const isTooLarge = (error: unknown): boolean =>
  typeOf(error) === 'maximum-append-size-exceeded' || /exceeds Maximum Append Event Size/.test(messageOf(error));

/** Whether a read of all streams was refused because no event begins at its position: nothing else of such a read can be wrong. */
export const isNoPosition = (error: unknown): boolean =>
  (error as ClientError | null)?.code === INVALID_ARGUMENT || /InvalidPosition/.test(messageOf(error));

/** Whether the connection broke while a call was under way. */
export const isCut = (error: unknown): boolean =>
  typeOf(error) === 'unavailable' || /RST_STREAM|Session closed/.test(messageOf(error));

/** The outage of which a call tells. `server`: its address, for the message. */
export function outage(server: string, error: unknown, ambiguous: boolean): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const message = `${server}: ${typeOf(error) === 'access-denied' ? 'access denied' : messageOf(error)}`;
  // No waiting brings a deleted stream back.
  const cause = typeOf(error) === 'stream-deleted' ? new StoreUnusable(message) : error;
  return new StoreUnavailable(message, ambiguous, { cause });
}

export const messageOf = (error: unknown): string => {
  const message = (error as ClientError | null)?.message;
  return message || typeOf(error) || String(error);
};
