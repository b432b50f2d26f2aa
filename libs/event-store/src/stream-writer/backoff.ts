import { setTimeout as sleep } from 'node:timers/promises';

export interface Backoff {
  /** First delay, milliseconds. */
  readonly initialMs: number;
  /** Largest delay, milliseconds. */
  readonly capMs: number;
  /** Retries before giving up. */
  readonly retries: number;
}

/** Waits before retry `attempt` (from 1): exponential, capped, with full jitter so that rivals do not meet again. */
export async function pause(backoff: Backoff, attempt: number, random: () => number): Promise<void> {
  await sleep(random() * Math.min(backoff.capMs, backoff.initialMs * 2 ** (attempt - 1)));
}
