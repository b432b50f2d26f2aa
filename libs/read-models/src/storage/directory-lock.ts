import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { codeOf } from './failures.js';
import { giveToOwner } from './file-owner.js';

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes a lock of the operating system through SQLite: it ends with the process, however that ends, so nothing that is left
 * behind can block a start. Null when somebody holds it. Throws when the file cannot be made or written.
 *
 * All goes through `exec`: a statement would keep the connection open after `close`.
 */
export function lockDirectory(directory: string, purpose: 'serving' | 'building' | 'verifying'): DirectoryLock | null {
  const file = join(directory, `${purpose}.lock`);
  const db = new Database(file);
  try {
    giveToOwner(file);
    // A file that can only be read SQLite would lock for readers alone, and say nothing.
    accessSync(file, constants.W_OK);
    db.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (codeOf(error) === 'SQLITE_BUSY') return null;
    throw error;
  }
  return {
    release() {
      db.exec('ROLLBACK');
      db.close();
    },
  };
}
