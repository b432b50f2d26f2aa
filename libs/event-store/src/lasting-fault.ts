import { StoreUnavailable, StoreUnusable } from './event-store.js';

/** Why an outage will not pass by itself; undefined when it may. */
export const lastingFault = (error: unknown): StoreUnusable | undefined =>
  error instanceof StoreUnavailable && error.cause instanceof StoreUnusable ? error.cause : undefined;
