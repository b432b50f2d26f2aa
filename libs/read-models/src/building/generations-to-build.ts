import { join } from 'node:path';
import { lockDirectory } from '../storage/directory-lock.js';
import {
  deleteGeneration,
  fileNameOf,
  type GenerationName,
  generationsIn,
  generationsOf,
} from '../storage/generation-files.js';
import { readPointer } from '../storage/serving-pointer.js';

/** A name that no build has had before. What builds that never ended have left behind is deleted: only under the build lock. */
export function nextGeneration(directory: string, name: string, version: number): GenerationName {
  const served = readPointer(directory).get(name);
  const known = generationsOf(directory, name);
  for (const left of known)
    if (served !== undefined && left.generation > served.generation) deleteGeneration(directory, left);
  const newest = Math.max(0, served?.generation ?? 0, ...known.map(({ generation }) => generation));
  return { name, version, generation: newest + 1 };
}

/** Deletes what an older generation of the model has left. */
export function deleteOlder(directory: string, serving: GenerationName): void {
  for (const found of generationsOf(directory, serving.name)) {
    if (found.generation < serving.generation) deleteGeneration(directory, found);
  }
}

/**
 * Deletes every generation but those that are in use, and those that the pointer names for the same models: what was built before
 * them, by builds that never ended, and for read models that this program does not have. Not while anybody builds.
 */
export function deleteUnserved(directory: string, inUse: readonly GenerationName[]): void {
  const lock = lockDirectory(directory, 'building');
  if (lock === null) return;
  try {
    const named = readPointer(directory);
    const kept = new Set([...inUse, ...inUse.flatMap(({ name }) => named.get(name) ?? [])].map(fileNameOf));
    for (const found of generationsIn(directory)) {
      if (!kept.has(fileNameOf(found))) deleteGeneration(directory, found);
    }
  } finally {
    lock.release();
  }
}

export const pathOf = (directory: string, generation: GenerationName) => join(directory, fileNameOf(generation));
