import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { CorruptRows, codeOf, messageOf } from './failures.js';
import type { Layout } from './layout.js';
import { layoutOf } from './layouts.js';

export type Connection = Database.Database;
export type Query = Database.Statement<unknown[]>;

/**
 * Opens a complete generation; never makes a file. `busyMs` is how long a lock of another process is waited for.
 * Throws CorruptRows for a file that is missing, foreign, half built or of another format.
 */
export function connect(path: string, busyMs: number): { db: Connection; layout: Layout } {
  const db = opened(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${busyMs}`);
    const [version] = db.prepare('PRAGMA user_version').raw().get([]) as [number];
    const layout = layoutOf(version);
    if (layout === null) throw new CorruptRows(`${path} is not complete, or of another Gavel`);
    return { db, layout };
  } catch (error) {
    db.close();
    throw error;
  }
}

function opened(path: string): Connection {
  try {
    return new Database(`${pathToFileURL(path).href}?mode=rw`);
  } catch (error) {
    // libsql gives no code here: the file is missing or may not be opened.
    throw codeOf(error) === '' ? new CorruptRows(messageOf(error), { cause: error }) : error;
  }
}
