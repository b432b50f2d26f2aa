import type { EpochMs } from '#contracts/time.js';
import type { CommandContext } from '#event-store/stream-writer/command-context.js';
import { validationFailed } from './problems.js';

/**
 * An optional time of a body that must lie in the future. Under an idempotency key a repeat may come after that time has passed,
 * so only what was never valid is refused: the domain copes with an end that lies behind.
 */
export function futureTime(
  field: string,
  text: string | undefined,
  now: EpochMs,
  context: CommandContext,
): EpochMs | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (!Number.isSafeInteger(at) || at < 0) throw validationFailed([{ field, message: 'must be a time that exists' }]);
  if (at <= now && context.requestDigest === undefined)
    throw validationFailed([{ field, message: 'must lie in the future' }]);
  return at;
}
