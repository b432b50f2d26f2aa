import { comparePositions, type EventReader, type Position } from '#event-store/event-store.js';
import { BuildTarget } from './building/build-target.js';
import { feed } from './building/feed.js';
import { nextGeneration, pathOf } from './building/generations-to-build.js';
import type { Projection } from './projection.js';
import { lockDirectory } from './storage/directory-lock.js';
import { giveToOwner, makeOwnedDirectory } from './storage/file-owner.js';
import { deleteGeneration, type GenerationName } from './storage/generation-files.js';
import { replacePointer } from './storage/serving-pointer.js';

/** How often the build looks again for what was committed meanwhile; the server that adopts it reads the rest. */
const ROUNDS = 5;

export interface BuildProgress {
  /** Read so far. */
  readonly events: number;
  readonly position: Position;
  /** The last position that will be read, as far as is known. */
  readonly head: Position;
}

export interface BuiltGeneration {
  readonly name: string;
  readonly file: string;
  /** Read from the store, whether they change a row or not. */
  readonly events: number;
  readonly rows: number;
  readonly milliseconds: number;
}

/** Somebody else builds in the directory at this moment. */
export class BuildRunning extends Error {
  override readonly name = 'BuildRunning';
}

/**
 * Builds a new generation of each projection in one pass over the store, beside those that serve, and makes all of them serve
 * at once: a server that runs on the directory takes them over by itself. A build that fails or is killed changes nothing.
 *
 * Rejects with BuildRunning; with an error that names the event when a handler throws; with what the store or the disk says.
 */
export async function buildGeneration(
  projections: readonly Projection<object>[],
  reader: EventReader,
  directory: string,
  onProgress: (progress: BuildProgress) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly BuiltGeneration[]> {
  makeOwnedDirectory(directory);
  const lock = lockDirectory(directory, 'building');
  if (lock === null) {
    throw new BuildRunning(
      `read models are being built in ${directory} already: wait until that has ended, then try again`,
    );
  }
  try {
    const names = projections.map(({ name, version }) => nextGeneration(directory, name, version));
    const built = await buildFiles(projections, names, { reader, directory, onProgress, signal });
    replacePointer(directory, names);
    return built;
  } finally {
    lock.release();
  }
}

interface Build {
  readonly reader: EventReader;
  readonly directory: string;
  onProgress(progress: BuildProgress): void;
  readonly signal: AbortSignal;
}

async function buildFiles(
  projections: readonly Projection<object>[],
  names: readonly GenerationName[],
  build: Build,
): Promise<readonly BuiltGeneration[]> {
  const started = performance.now();
  const targets = projections.map((projection, at) => {
    return new BuildTarget(projection, pathOf(build.directory, names[at] as GenerationName));
  });
  try {
    const events = await fill(targets, build);
    build.signal.throwIfAborted();
    const rows = await Promise.all(targets.map((target) => target.finish()));
    for (const { file } of targets) giveToOwner(file);
    const milliseconds = performance.now() - started;
    return targets.map(({ file }, at) => ({
      name: (names[at] as GenerationName).name,
      file,
      events,
      rows: rows[at] as number,
      milliseconds,
    }));
  } catch (error) {
    await Promise.all(targets.map((target) => target.abandon()));
    for (const name of names) deleteGeneration(build.directory, name);
    throw error;
  }
}

/** Answers how many events were read. */
async function fill(targets: readonly BuildTarget<object>[], { reader, onProgress, signal }: Build): Promise<number> {
  let events = 0;
  let after: Position | null = null;
  for (let round = 0; round < ROUNDS; round += 1) {
    const head = await reader.head();
    if (head === null || (after !== null && comparePositions(after, head) >= 0)) break;
    const onPage = (count: number, position: Position) => {
      events += count;
      onProgress({ events, position, head });
    };
    const feedings = targets.map((target) => ({ target, until: head }));
    await feed(reader, feedings, { after, signal, onPage });
    after = targets[0]?.checkpoint ?? null;
  }
  return events;
}
