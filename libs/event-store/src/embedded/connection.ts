import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { reasonOf, StorageFailure } from './storage-failure.js';

export type Connection = Database.Database;
export type Query = Database.Statement<unknown[]>;
type Cell = number | string | null;

export const eventsFile = (directory: string): string => join(directory, 'events.db');

/** How long a connection waits for a lock that another process holds for a moment (a checkpoint, a recovery), in ms. */
const BUSY_MS = 1_000;

/** A connection for the one process that writes. Throws StorageFailure. */
export const connect = (file: string): Connection => open(file, file);

/**
 * A connection that cannot write, for readers beside or without a server. `immutable` promises SQLite that nobody writes, so
 * that it needs neither locks nor a -shm file: only for a directory where none can be made. Throws StorageFailure.
 */
export function connectReadOnly(file: string, immutable = false): Connection {
  return open(`${pathToFileURL(file).href}?mode=ro${immutable ? '&immutable=1' : ''}`, file);
}

/** A query that answers rows as arrays: half the cost of objects. */
export const rowsOf = (db: Connection, sql: string): Query => db.prepare(sql).raw();

export function firstRow<Row extends readonly Cell[]>(db: Connection, sql: string, ...values: Cell[]): Row | undefined {
  return rowsOf(db, sql).get(values) as Row | undefined;
}

export function number(db: Connection, sql: string, ...values: Cell[]): number {
  return firstRow<[number]>(db, sql, ...values)?.[0] ?? 0;
}

function open(address: string, file: string): Connection {
  try {
    const db = new Database(address);
    db.exec(`PRAGMA busy_timeout=${BUSY_MS}`);
    return db;
  } catch (error) {
    throw new StorageFailure(`${file} cannot be opened: ${reasonOf(error)}`, false, { cause: error });
  }
}
