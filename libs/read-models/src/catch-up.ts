import { setTimeout as pause } from 'node:timers/promises';
import type { EventReader, Position } from '#event-store/event-store.js';
import type { Log } from './log.js';
import type { ReadModel } from './read-model.js';

/** For how long a model may stand still, and the store not answer, before the start goes on without. */
const PATIENCE_MS = 2_000;

/**
 * Waits until the models are where the store is now: a process that was away must not answer by what it knew then, when keys lived that
 * have been revoked since. Goes on without a store that does not answer, and without a model that stands still (its disk is full, say).
 */
export async function caughtUp(models: readonly ReadModel<object>[], store: EventReader, log: Log): Promise<void> {
  const unanswered = pause(PATIENCE_MS, null, { ref: false });
  const head = await Promise.race([store.head().catch(() => null), unanswered]);
  if (head !== null) await Promise.all(models.map((model) => isThere(model, head, log)));
}

async function isThere(model: ReadModel<object>, head: Position, log: Log): Promise<void> {
  let { checkpoint } = model;
  while (!(await model.waitFor(head, PATIENCE_MS))) {
    if (checkpoint === model.checkpoint) {
      const reason = `${model.name} is at ${checkpoint}, the store at ${head}`;
      log.warn({ reason }, 'a read model stands still: the start goes on without');
      return;
    }
    checkpoint = model.checkpoint;
  }
}
