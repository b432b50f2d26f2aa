import { accessSync, constants, existsSync, lchownSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '#platform/make-directory.js';
import { messageOf } from './failures.js';

/**
 * What root makes in a directory is for the user whose directory it is, as SQLite has it with its WAL: a server that runs as that
 * user could not write it. Where root may not give anything away, the server refuses the file and says so.
 */
export function giveToOwner(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(path));
  try {
    lchownSync(path, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** Makes a directory and those above it, each for the owner of the one that it lies in. */
export function makeOwnedDirectory(path: string): void {
  if (existsSync(path)) return;
  makeOwnedDirectory(dirname(path));
  makeDirectory(path);
  giveToOwner(path);
}

/** Null, or why a file that can be read cannot be written: SQLite says nothing of it before the first commit. */
export function whyReadOnly(file: string): string | null {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
