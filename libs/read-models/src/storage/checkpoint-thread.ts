import { pathToFileURL } from 'node:url';
import { type MessagePort, parentPort } from 'node:worker_threads';
import Database from 'libsql';
import { STOP } from './call-thread.js';

const EVERY_MS = 1_000;

const port = parentPort as MessagePort;
const open = new Map<string, Database.Database>();

/** Only `exec`, no statement: so `close` lets go of the file at once. */
function attach(file: string): void {
  try {
    const db = new Database(`${pathToFileURL(file).href}?mode=rw`);
    db.exec('PRAGMA busy_timeout = 0; PRAGMA synchronous = NORMAL');
    open.set(file, db);
  } catch {
    // Missing or damaged: who reads or writes it will say so.
  }
}

function setFiles(files: readonly string[]): void {
  for (const [file, db] of open) {
    if (files.includes(file)) continue;
    open.delete(file);
    db.close();
  }
  for (const file of files) if (!open.has(file)) attach(file);
}

/** PASSIVE waits for nobody and makes nobody wait. */
function checkpoint(): void {
  for (const db of open.values()) {
    try {
      db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // Busy, or the disk fails: the WAL grows until it works again; the commits report a disk that fails.
    }
  }
}

const timer = setInterval(checkpoint, EVERY_MS);
port.on('message', (message: readonly string[] | typeof STOP) => {
  setFiles(message === STOP ? [] : message);
  if (message !== STOP) return;
  clearInterval(timer);
  port.close();
});
