import { join } from 'node:path';
import type { EventReader } from '#event-store/event-store.js';
import { BadConnectionString } from '#event-store/eventstoredb/connection-string.js';
import { derivedDirectory, openReader, type StoreLocation } from '#event-store/store-location.js';
import { Failure } from './failure.js';
import type { OutputOptions } from './terminal/options.js';
import type { Session } from './terminal/session.js';

/** The store of the server with this data directory and this environment. */
export const storeOf = ({ dataDir }: OutputOptions, { env }: Session): StoreLocation => ({
  dataDir,
  eventStoreUrl: env['EVENTSTORE_URL'] || undefined,
});

/** Where the server keeps its read models. */
export const readModelsDirectory = (location: StoreLocation): string => join(derivedDirectory(location), 'read-models');

/** Reads the store, also beside a running server. Rejects with StoreUnusable, or StoreUnavailable while it is away. */
export async function withReader<Result>(
  location: StoreLocation,
  work: (reader: EventReader) => Promise<Result>,
): Promise<Result> {
  const reader = await openReader(location).catch((error: Error) => {
    if (error instanceof BadConnectionString) throw new Failure(`EVENTSTORE_URL ${error.message}`);
    throw error;
  });
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}
