import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { giveToOwner } from './file-owner.js';
import { fileNameOf, type GenerationName, parseFileName } from './generation-files.js';

/** Which generation of each read model serves, by the model's name. */
export type ServingPointer = ReadonlyMap<string, GenerationName>;

const pointerFile = (directory: string) => join(directory, 'serving.json');

/** Empty when the file is missing or is not a pointer: then everything is built anew. */
export function readPointer(directory: string): ServingPointer {
  const serving = new Map<string, GenerationName>();
  for (const [name, file] of Object.entries(contents(directory) ?? {})) {
    const generation = typeof file === 'string' ? parseFileName(file) : null;
    if (generation?.name === name && fileNameOf(generation) === file) serving.set(name, generation);
  }
  return serving;
}

/** Whether there is a file that says nothing, as after it was torn: not one that is missing. */
export const isPointerTorn = (directory: string): boolean => contents(directory) === null;

/** Null when the file holds no JSON object. */
function contents(directory: string): object | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(pointerFile(directory), 'utf8'));
    return typeof parsed === 'object' ? parsed : null;
  } catch (error) {
    if (error instanceof Error && error.name === 'SyntaxError') return null;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/**
 * Makes the generations serve; the other models keep theirs. Durable and atomic: a reader sees the old pointer or the new one.
 * Only for the holder of the build lock, or two writers would undo each other.
 */
export function replacePointer(directory: string, generations: readonly GenerationName[]): void {
  const serving = new Map([...readPointer(directory), ...generations.map((g) => [g.name, g] as const)]);
  const files = Object.fromEntries([...serving].map(([name, generation]) => [name, fileNameOf(generation)]));
  const path = pointerFile(directory);
  const next = join(directory, `.${basename(path)}.next`);
  writeFileSync(next, `${JSON.stringify(files, null, 2)}\n`);
  giveToOwner(next);
  sync(next);
  renameSync(next, path);
  sync(directory);
}

/** Changes whenever the pointer does. */
export function pointerStamp(directory: string): string {
  const stat = statSync(pointerFile(directory), { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? 'missing' : `${stat.ino}/${stat.mtimeNs}`;
}

export function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
