import type { Position } from '#event-store/event-store.js';
import type { ReadModel } from '#read-models/read-model.js';
import { unavailable } from '../http/problems.js';

/** How long a query waits for its read model, milliseconds. */
const PATIENCE_MS = 5_000;

/** The read model, once it has come as far as `atLeast`. Throws 503 when that takes too long. */
export async function readFrom<Row extends object>(
  model: ReadModel<Row>,
  atLeast: Position | undefined,
): Promise<ReadModel<Row>> {
  if (atLeast === undefined || (await model.waitFor(atLeast, PATIENCE_MS))) return model;
  throw unavailable('read-model-behind', `The read model ${model.name} has not come as far as ${atLeast}.`);
}
