import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeDirectory } from '#platform/make-directory.js';
import type { CommitReport } from './commit-report.js';
import { openEmbeddedReader } from './embedded/embedded-reader.js';
import { openEmbeddedStore } from './embedded/embedded-store.js';
import type { EventReader, EventStore } from './event-store.js';
import { parseConnectionString } from './eventstoredb/connection-string.js';

/** Which store a process works on: EventStoreDB where a connection string is given, else the embedded one. */
export interface StoreLocation {
  readonly dataDir: string;
  readonly eventStoreUrl?: string | undefined;
}

export interface StoreObservers {
  readonly onCommit: (report: CommitReport) => void;
  /** A follower lost the store, and goes on when it is back. */
  readonly onOutage: (error: unknown) => void;
}

/** For people; without a password. */
export const storeName = ({ dataDir, eventStoreUrl }: StoreLocation): string =>
  eventStoreUrl === undefined ? `SQLite in ${dataDir}` : `EventStoreDB, ${parseConnectionString(eventStoreUrl).shown}`;

/**
 * Where a process keeps what follows from the store's events and positions. Positions of another store mean something else, so
 * there is a directory for each.
 */
export function derivedDirectory({ dataDir, eventStoreUrl }: StoreLocation): string {
  if (eventStoreUrl === undefined) return dataDir;
  const hosts = parseConnectionString(eventStoreUrl).hosts.toSorted().join(',');
  return join(dataDir, `eventstoredb-${createHash('sha256').update(hosts).digest('hex').slice(0, 12)}`);
}

/** Rejects with StoreUnusable or BadConnectionString. An EventStoreDB that is down is an outage like any later one. */
export async function openStore(location: StoreLocation, observers: StoreObservers): Promise<EventStore> {
  const { dataDir, eventStoreUrl } = location;
  if (eventStoreUrl === undefined) return openEmbeddedStore({ directory: dataDir, onCommit: observers.onCommit });
  makeDirectory(derivedDirectory(location));
  const { openEventStoreDb } = await import('./eventstoredb/event-store-db.js');
  return openEventStoreDb({ url: eventStoreUrl, ...observers });
}

/** To read beside a running server. Rejects with StoreUnusable or BadConnectionString. */
export async function openReader({
  dataDir,
  eventStoreUrl,
}: StoreLocation): Promise<EventReader & { close(): Promise<void> }> {
  if (eventStoreUrl === undefined) return openEmbeddedReader(dataDir);
  const { openEventStoreDb } = await import('./eventstoredb/event-store-db.js');
  return openEventStoreDb({ url: eventStoreUrl });
}
