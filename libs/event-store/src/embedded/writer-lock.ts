import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnusable } from '../event-store.js';
import { type Connection, connect, connectReadOnly } from './connection.js';
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

/**
 * What `look` answers while no server can be writing in the directory; undefined when one is running. Writes nothing. A server that
 * starts meanwhile is told that the directory is in use, so `look` had better have a reason. Throws StoreUnusable.
 */
export function whileNobodyWrites<Answer>(directory: string, look: () => Answer): Answer | undefined {
  // A server makes the file before it writes anything.
  if (!existsSync(lockFile(directory))) return look();
  let db: Connection | undefined;
  try {
    db = connectReadOnly(lockFile(directory));
    // A reader's lock, which goes with those of other readers and not with a server's.
    db.exec('PRAGMA busy_timeout=0; BEGIN; SELECT count(*) FROM sqlite_schema');
  } catch (error) {
    db?.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return undefined;
    throw cannotBeLocked(directory, error);
  }
  try {
    return look();
  } finally {
    db.exec('ROLLBACK');
    db.close();
  }
}

function take(directory: string): Connection {
  let db: Connection | undefined;
  try {
    db = connect(lockFile(directory));
    // A file that can only be read SQLite would lock for readers alone, and say nothing.
    accessSync(lockFile(directory), constants.W_OK);
    db.exec('PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw cannotBeLocked(directory, error);
    const inUse = `is in use by another server${holder(directory)}; two must not write to one store`;
    throw new StoreUnusable(`${directory} ${inUse}`, { cause: error });
  }
}

const cannotBeLocked = (directory: string, error: unknown): StoreUnusable =>
  new StoreUnusable(`${directory} cannot be locked: ${reasonOf(error)}`, { cause: error });

const lockFile = (directory: string): string => join(directory, 'writer.lock');
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
