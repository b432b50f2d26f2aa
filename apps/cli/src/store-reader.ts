import { join } from 'node:path';
import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import type { EventReader } from '#event-store/event-store.js';

/** Where the server keeps the read models of a data directory. */
export const readModelsDirectory = (dataDir: string): string => join(dataDir, 'read-models');

/** Reads the embedded store of a data directory, also beside a running server. Rejects with StoreUnusable. */
export async function withReader<Result>(
  dataDir: string,
  work: (reader: EventReader) => Promise<Result>,
): Promise<Result> {
  const reader = await openEmbeddedReader(dataDir);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}
