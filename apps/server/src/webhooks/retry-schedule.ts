import type { EpochMs } from '#contracts/time.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** From one attempt to the next, milliseconds: the schedule that the specification of Standard Webhooks recommends. */
export const RETRY_DELAYS_MS: readonly number[] = [
  ...[5_000, 5 * MINUTE, 30 * MINUTE],
  ...[2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
];

/** A part of each delay that chance decides, so that what failed together does not come back together. */
const JITTER = 0.2;
/** However long an endpoint asks for. */
const LONGEST_WAIT_MS = 24 * HOUR;

/**
 * When a delivery is tried again behind its `attempts`-th failure (from 1); null: never, it is a dead letter. An endpoint that asks
 * for a pause (`Retry-After`) gets at least that.
 */
export function nextAttempt(
  attempts: number,
  now: EpochMs,
  retryAfterMs: number | null,
  random: () => number,
): EpochMs | null {
  const delay = RETRY_DELAYS_MS[attempts - 1];
  if (delay === undefined) return null;
  const jittered = delay * (1 + random() * JITTER);
  return Math.round(now + Math.max(jittered, Math.min(retryAfterMs ?? 0, LONGEST_WAIT_MS)));
}

/** Milliseconds that a `Retry-After` asks for, given in seconds or as a date (RFC 9110); null: it asks for nothing. */
export function retryAfter(header: string | undefined, now: EpochMs): number | null {
  if (header === undefined) return null;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(seconds) || seconds <= 0 ? null : Math.min(seconds, LONGEST_WAIT_MS);
}
