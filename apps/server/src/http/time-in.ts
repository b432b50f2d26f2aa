import type { EpochMs } from '#contracts/time.js';
import { validationFailed } from './problems.js';

/** An optional time of a request; null where it is not given. Throws 400 for a day that no calendar has. */
export function timeIn(field: string, text: string | undefined): EpochMs | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (!Number.isSafeInteger(at) || at < 0) throw validationFailed([{ field, message: 'must be a time that exists' }]);
  return at;
}

/**
 * Where a reader of events begins; undefined where it is not given. Before 1970 nothing was stored: that is the beginning. Throws as
 * `timeIn`.
 */
export function sinceIn(field: string, text: string | undefined): EpochMs | undefined {
  if (text === undefined) return undefined;
  return Date.parse(text) < 0 ? 0 : (timeIn(field, text) ?? undefined);
}
