import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { EventReader } from '#event-store/event-store.js';
import { HandlerFailed } from '#read-models/handlers.js';
import { CorruptRows } from '#read-models/storage/failures.js';
import { type ModelDifference, type VerifiedModel, verifyReadModels } from '#read-models/verify-read-models.js';
import { Failure } from '../failure.js';
import { damageOf } from './damage.js';
import type { Difference, Differences } from './differences.js';

/** Folds the read models afresh and compares. Answers what was compared: nothing where no server has ever built any. */
export async function checkReadModels(
  reader: EventReader,
  directory: string,
  differences: Differences,
  onProgress: (position: number) => void,
): Promise<readonly VerifiedModel[]> {
  if (!existsSync(directory)) return [];
  try {
    const verified = await verifyReadModels({
      directory,
      reader,
      onProgress: ({ position }) => onProgress(Number(position)),
    });
    if (verified.isPointerTorn)
      differences.add('read models', 'serving.json cannot be read: a start builds them all anew');
    const models = verified.models.map((model) => (isMissing(model) ? { ...model, differences: 1 } : model));
    const missing = models.filter(isMissing).map(({ model }) => ({ where: model, what: 'no rows serve' }));
    const count = models.reduce((sum, model) => sum + model.differences, 0);
    differences.addCounted(count, [...missing, ...verified.differences.map(described)]);
    return models;
  } catch (error) {
    const reason = unreadable(error);
    if (reason === null)
      throw new Failure(`the read models cannot be checked: ${(error as Error).message}`, { cause: error });
    differences.add('read models', reason);
    return [];
  }
}

/** Rows of another version are none that this program serves, but no damage: its next start builds them anew. */
const isMissing = ({ version }: VerifiedModel): boolean => version === null;

/** Why there is nothing to compare, when that itself is what was looked for; null for any other failure. */
const unreadable = (error: unknown): string | null =>
  error instanceof HandlerFailed || error instanceof CorruptRows ? error.message : damageOf(error);

/** Names the fields only: rows hold maxima and digests of keys. */
function described({ model, key, expected, actual }: ModelDifference): Difference {
  const where = `${model} ${key}`;
  if (actual === null) return { where, what: 'the row is missing' };
  if (expected === null) return { where, what: 'the row follows from no event' };
  if (expected.due !== actual.due) return { where, what: `is due at ${actual.due}, not at ${expected.due}` };
  if (!isDeepStrictEqual(expected.keys, actual.keys)) return { where, what: 'is found under other keys' };
  const fields = differingFields(expected.row, actual.row);
  return { where, what: `the row differs from the events${fields.length === 0 ? '' : ` in ${fields.join(', ')}`}` };
}

function differingFields(expected: unknown, actual: unknown): string[] {
  if (!isRecord(expected) || !isRecord(actual)) return [];
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return names.filter((name) => !isDeepStrictEqual(expected[name], actual[name]));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
