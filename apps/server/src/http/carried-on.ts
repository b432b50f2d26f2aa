import { StoreUnavailable } from '#event-store/event-store.js';
import { Contention, Overloaded } from '#event-store/stream-writer/command-context.js';
import { ProblemAnswer, unavailable } from './problems.js';

/**
 * What follows a decision that is recorded. Should it fail for a moment, it is done without the request: throws 503 `in-progress`, and
 * not that nothing was stored, which would make the caller decide again.
 */
export async function carriedOn<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (isPassing(error)) throw inProgress();
    throw error;
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof StoreUnavailable ||
  error instanceof Contention ||
  error instanceof Overloaded ||
  (error instanceof ProblemAnswer && error.status === 503);

const inProgress = (): ProblemAnswer =>
  unavailable(
    'in-progress',
    'The command is recorded and is being carried out; what came of it cannot be told yet. Ask for it, or repeat the command under its Idempotency-Key.',
  );
