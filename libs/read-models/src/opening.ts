import { setTimeout as pause } from 'node:timers/promises';
import { comparePositions, type EventStore, type Position, StoreUnavailable } from '#event-store/event-store.js';
import { backOff } from './backoff.js';
import { BuildRunning, buildGeneration } from './build-generation.js';
import { deleteUnserved, pathOf } from './building/generations-to-build.js';
import type { Log } from './log.js';
import type { Projection } from './projection.js';
import { FileChecks } from './storage/check-file.js';
import type { CheckResult } from './storage/check-thread.js';
import { messageOf } from './storage/failures.js';
import { whyReadOnly } from './storage/file-owner.js';
import type { GenerationName } from './storage/generation-files.js';
import { layoutFor } from './storage/layouts.js';
import { RowFile } from './storage/row-file.js';
import { readPointer } from './storage/serving-pointer.js';

/** A start waits so long for the check of a file, and for the head of the store; then it goes on without. */
const PATIENCE_MS = 2_000;
const BUILDS = 3;

export interface Opening {
  readonly directory: string;
  readonly store: EventStore;
  readonly log: Log;
}

export interface UsableGeneration {
  readonly name: GenerationName;
  /** Set when the file is so big that its check goes on while it serves. */
  readonly check: Promise<CheckResult> | null;
}

/** The generation of each projection that can serve. Builds those that are missing, damaged or of another version. */
export async function usableGenerations(
  projections: readonly Projection<object>[],
  opening: Opening,
): Promise<ReadonlyMap<string, UsableGeneration>> {
  const { log } = opening;
  for (let builds = 0; ; builds += 1) {
    const usable = new Map<string, UsableGeneration>();
    const unusable: Projection<object>[] = [];
    const head = await within(opening.store.head().catch(() => undefined));
    const served = readPointer(opening.directory);
    const checks = new FileChecks();
    for (const projection of projections) {
      const found = await usability(projection, served.get(projection.name), { ...opening, head, checks });
      if (typeof found !== 'string') {
        usable.set(projection.name, found);
        continue;
      }
      const facts = { model: projection.name, reason: found };
      if (served.has(projection.name)) log.warn(facts, 'a read model must be built anew from the store');
      else log.info(facts, 'a read model is built from the store');
      unusable.push(projection);
    }
    void checks.end();
    if (unusable.length === 0) {
      deleteUnused(usable, opening);
      return usable;
    }
    if (builds === BUILDS) throw new Error(`the read models in ${opening.directory} cannot be built: see the log`);
    await build(unusable, opening);
  }
}

/** What cannot be deleted only takes up room. */
function deleteUnused(usable: ReadonlyMap<string, UsableGeneration>, { directory, log }: Opening): void {
  try {
    deleteUnserved(
      directory,
      [...usable.values()].map(({ name }) => name),
    );
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'old read models cannot be deleted');
  }
}

interface Looking {
  readonly directory: string;
  /** Undefined: the store does not answer. */
  readonly head: Position | null | undefined;
  readonly checks: FileChecks;
}

/** What serves, or the reason why it cannot. */
async function usability(
  projection: Projection<object>,
  served: GenerationName | undefined,
  { directory, head, checks }: Looking,
): Promise<UsableGeneration | string> {
  if (served === undefined) return 'there is none yet';
  if (served.version !== projection.version) return `version ${served.version} served, ${projection.version} is wanted`;
  const path = pathOf(directory, served);
  const unfit = unfitness(path, projection, head);
  if (unfit !== null) return unfit;
  const check = checks.check(path);
  const result = await within(check);
  if (result === undefined) return { name: served, check };
  return result ?? { name: served, check: null };
}

/** Null, or why the file cannot serve the projection however sound it is. */
function unfitness(path: string, projection: Projection<object>, head: Looking['head']): string | null {
  try {
    const file = new RowFile(path);
    const checkpoint = file.checkpoint();
    file.close();
    if (file.layout !== layoutFor({ appendOnly: projection.appendOnly ?? false }))
      return 'its rows do not stand as they do now';
    if (head !== undefined && isAhead(checkpoint, head)) return 'it is ahead of the store: it comes from another one';
    const readOnly = whyReadOnly(path);
    return readOnly === null ? null : `it cannot be written: ${readOnly}`;
  } catch (error) {
    return messageOf(error);
  }
}

const isAhead = (checkpoint: Position | null, head: Position | null): boolean =>
  checkpoint !== null && (head === null || comparePositions(checkpoint, head) > 0);

const within = <Value>(value: Promise<Value>): Promise<Value | undefined> =>
  Promise.race([value, pause(PATIENCE_MS, undefined, { ref: false })]);

/** Waits for whoever builds in the directory, and for the store. */
async function build(projections: readonly Projection<object>[], { directory, store, log }: Opening): Promise<void> {
  const never = new AbortController().signal;
  for (let attempt = 1; ; attempt += 1) {
    try {
      for (const { name, rows, events, milliseconds } of await buildGeneration(projections, store, directory)) {
        log.info({ model: name, rows, events, milliseconds: Math.round(milliseconds) }, 'a read model was built');
      }
      return;
    } catch (error) {
      if (error instanceof BuildRunning) log.info({ reason: error.message }, 'waiting for another build');
      else if (error instanceof StoreUnavailable) log.warn({ reason: messageOf(error) }, 'waiting for the store');
      else throw error;
      await backOff(attempt, never);
      if (error instanceof BuildRunning) return;
    }
  }
}
