import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { comparePositions, type EventReader, type Position } from '#event-store/event-store.js';
import type { BuildProgress } from './build-generation.js';
import { type Feeding, feed } from './building/feed.js';
import type { Projection } from './projection.js';
import { projections as ownProjections } from './projections/projections.js';
import { lockDirectory } from './storage/directory-lock.js';
import { isPointerTorn } from './storage/serving-pointer.js';
import type { RowDifference } from './verifying/compare-rows.js';
import { VerifyModel } from './verifying/verify-model.js';

const MAX_DIFFERENCES = 100;

export interface VerifyReadModels {
  readonly directory: string;
  readonly reader: EventReader;
  readonly onProgress?: (progress: BuildProgress) => void;
  readonly projections?: readonly Projection<object>[];
}

export interface ModelDifference extends RowDifference {
  readonly model: string;
}

export interface VerifiedModel {
  readonly model: string;
  /** False: no generation of the wanted version serves, nothing was compared. */
  readonly served: boolean;
  /** Of the generation that is named as serving; null: none is. */
  readonly version: number | null;
  readonly wantedVersion: number;
  /** The last event that is compared; null: none. */
  readonly position: Position | null;
  /** That serve. */
  readonly rows: number;
  readonly differences: number;
}

export interface Verification {
  /** Read from the store. */
  readonly events: number;
  readonly models: readonly VerifiedModel[];
  /** The pointer to what serves is there and cannot be read. */
  readonly isPointerTorn: boolean;
  /** The first hundred. */
  readonly differences: readonly ModelDifference[];
}

/**
 * Folds the whole store afresh beside what serves and compares row by row, each model as of its own checkpoint; a server may
 * run on the directory meanwhile. Takes the disk space of a rebuild until it ends, and bounded memory.
 *
 * Rejects with HandlerFailed, with CorruptRows for a file that cannot be read, with what the store or the disk says, and when
 * a verification of the directory is running.
 */
export async function verifyReadModels(options: VerifyReadModels): Promise<Verification> {
  const { directory } = options;
  if (!existsSync(directory)) throw new Error(`there are no read models in ${directory}`);
  const lock = lockDirectory(directory, 'verifying');
  if (lock === null) throw new Error(`a verification of ${directory} is running already`);
  const scratch = join(directory, 'verifying');
  try {
    // What a verification that was killed has left.
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch);
    return await verified(options, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    lock.release();
  }
}

async function verified(options: VerifyReadModels, scratch: string): Promise<Verification> {
  const { directory, reader, projections = Object.values(ownProjections), onProgress = () => {} } = options;
  const models = projections.map((projection) => new VerifyModel(projection, directory, scratch));
  let events = 0;
  const read = async (feedings: readonly Feeding[], after: Position | null, head: Position) => {
    const onPage = (count: number, position: Position) => {
      events += count;
      onProgress({ events, position, head });
    };
    await feed(reader, feedings, { after, signal: new AbortController().signal, onPage });
  };
  try {
    // The long way, in one pass and with nothing held open.
    const feedings = models.flatMap((model) => {
      const until = model.checkpoint();
      return until === null ? [] : [{ target: model.target, until }];
    });
    if (feedings.length > 0) await read(feedings, null, furthest(feedings));

    const results: VerifiedModel[] = [];
    const differences: ModelDifference[] = [];
    for (const model of models) {
      const { name, version: wantedVersion } = model.projection;
      const found = await model.compare(
        (target, until) => read([{ target, until }], target.checkpoint, until),
        MAX_DIFFERENCES - differences.length,
      );
      const {
        position,
        rows,
        differences: count,
        kept,
      } = found ?? { position: null, rows: 0, differences: 0, kept: [] };
      const version = found === null ? model.version : wantedVersion;
      const served = found !== null;
      results.push({ model: name, served, version, wantedVersion, position, rows, differences: count });
      for (const difference of kept) differences.push({ model: name, ...difference });
    }
    return { events, models: results, isPointerTorn: isPointerTorn(directory), differences };
  } finally {
    await Promise.all(models.map(({ target }) => target.abandon()));
  }
}

const furthest = (feedings: readonly Feeding[]): Position =>
  feedings.map(({ until }) => until).reduce((a, b) => (comparePositions(a, b) >= 0 ? a : b));
