import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnusable } from '../event-store.js';
import { type Connection, connect } from './connection.js';
import { reasonOf } from './storage-failure.js';

export interface WriterLock {
  release(): void;
}

/**
 * Makes this the only process that writes in the directory. The lock is one of the operating system, taken by SQLite on a file
 * of its own: it ends with the process, however that ends, so nothing that is left behind can block a start. The process id
 * beside it is for the message alone. Throws StoreUnusable.
 *
 * Statements would keep the connection open after `close`, so all goes through `exec`.
 */
export function lockDirectory(directory: string): WriterLock {
  const db = take(directory);
  leavePid(directory);
  return {
    release: () => {
      db.exec('ROLLBACK');
      db.close();
    },
  };
}

function take(directory: string): Connection {
  let db: Connection | undefined;
  try {
    db = connect(join(directory, 'writer.lock'));
    db.exec('PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    const { code } = error as { code?: string };
    const inUse = `is in use by another server${holder(directory)}; two must not write to one store`;
    const reason = code === 'SQLITE_BUSY' ? inUse : `cannot be locked: ${reasonOf(error)}`;
    throw new StoreUnusable(`${directory} ${reason}`, { cause: error });
  }
}

const pidFile = (directory: string): string => join(directory, 'writer.pid');

/** For the message alone, so a full disk does not matter. */
function leavePid(directory: string): void {
  try {
    writeFileSync(pidFile(directory), `${process.pid}\n`);
  } catch {
    rmSync(pidFile(directory), { force: true });
  }
}

function holder(directory: string): string {
  try {
    return ` (process ${readFileSync(pidFile(directory), 'utf8').trim()})`;
  } catch {
    return '';
  }
}
