import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 50;
const CAP_MS = 5_000;

/**
 * Waits before attempt number `attempt` (from 1) to reach the server again, or for the signal: exponential, capped, with jitter, so
 * that the instances do not come back in one moment. Never rejects.
 */
export async function outagePause(attempt: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(CAP_MS, FIRST_MS * 2 ** (attempt - 1));
  await sleep((0.5 + Math.random() / 2) * longest, undefined, { signal }).catch(() => undefined);
}
