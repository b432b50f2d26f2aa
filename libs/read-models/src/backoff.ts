import { setTimeout as pause } from 'node:timers/promises';

const FIRST_MS = 100;
const LAST_MS = 5_000;

/** Waits before attempt `attempt` (from 1), twice as long each time, with jitter, at most five seconds. Ends early when aborted. */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(LAST_MS, FIRST_MS * 2 ** (attempt - 1)) * (0.75 + Math.random() / 4);
  await pause(ms, undefined, { signal }).catch(() => {});
}
