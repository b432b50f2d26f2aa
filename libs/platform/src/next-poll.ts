import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Resolves once the event loop has asked for input again: whoever is answered before it and calls again at once has been heard
 * behind it. One turn is not enough: the immediates of a turn run behind its input, so what is set up while input is handled runs
 * before any more is asked for.
 */
export async function nextPoll(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** Resolves behind every promise that settles in this tick: callers in this process who are answered in it have called again by then. */
export const endOfTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
