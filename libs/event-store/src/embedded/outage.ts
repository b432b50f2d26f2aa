import { StoreUnavailable, StoreUnusable } from '../event-store.js';

/** What crosses a thread's border of a StorageFailure. */
export interface Failure {
  readonly message: string;
  readonly lasting: boolean;
}

/**
 * A failure while the store is in use, of which nothing was committed. To a caller damage is an outage like any other; the
 * cause says that waiting does not end it.
 */
export const outage = ({ message, lasting }: Failure): StoreUnavailable =>
  new StoreUnavailable(message, false, lasting ? { cause: new StoreUnusable(message) } : undefined);
