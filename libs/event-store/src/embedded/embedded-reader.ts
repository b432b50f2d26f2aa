import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type EventReader, StoreUnusable } from '../event-store.js';
import { catalogueUpcast, type Upcast } from '../upcast.js';
import { type Connection, connectReadOnly, eventsFile } from './connection.js';
import { EventPages } from './event-pages.js';
import { outage } from './outage.js';
import { PagedReader } from './paged-reader.js';
import type { Pages } from './pages.js';
import { checkIdentity } from './schema.js';
import { storageFailure } from './storage-failure.js';
import { holdsFrames, walOf } from './wal-check.js';

export interface EmbeddedReader extends EventReader {
  close(): Promise<void>;
}

/**
 * Reads a store's files in this thread, beside a running server or without one; changes nothing in them. Throws StoreUnusable
 * when they are missing, damaged or not Gavel's.
 */
export function openEmbeddedReader(directory: string, upcast: Upcast = catalogueUpcast): EmbeddedReader {
  const file = eventsFile(resolve(directory));
  const db = connectForReading(file);
  const reader = new PagedReader(pagesOf(db, file), upcast);
  return Object.assign(reader, { close: async () => void db.close() });
}

/** Throws StoreUnusable. */
export function connectForReading(file: string): Connection {
  if (!existsSync(file)) throw new StoreUnusable(`${file} does not exist: there is no event store in this directory`);
  try {
    return connectAndCheck(file, false);
  } catch (error) {
    // SQLite needs a -shm file to share a WAL. Where it can make none, and no WAL holds anything, it can do without both.
    if (!isWritable(dirname(file)) && !holdsFrames(walOf(file))) return connectAndCheck(file, true);
    throw error;
  }
}

function connectAndCheck(file: string, immutable: boolean): Connection {
  try {
    const db = connectReadOnly(file, immutable);
    checkIdentity(db, file);
    return db;
  } catch (error) {
    throw new StoreUnusable((error as Error).message, { cause: error });
  }
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function pagesOf(db: Connection, file: string): Pages {
  const pages = new EventPages(db);
  const attempt = async <Value>(query: () => Value): Promise<Value> => {
    try {
      return query();
    } catch (error) {
      throw outage(storageFailure(file, error));
    }
  };
  return {
    head: () => attempt(() => pages.head()),
    idAt: (position) => attempt(() => pages.idAt(position)),
    ofStream: (...query) => attempt(() => pages.ofStream(...query)),
    ofAll: (...query) => attempt(() => pages.ofAll(...query)),
  };
}
