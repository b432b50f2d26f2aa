import { StoreUnavailable, StoreUnusable } from '#event-store/event-store.js';

/** What is wrong with the stored events, when that is why they cannot be read; null for an outage, which passes. */
export function damageOf(error: unknown): string | null {
  if (error instanceof StoreUnusable) return error.message;
  return error instanceof StoreUnavailable && error.cause instanceof StoreUnusable ? error.message : null;
}
