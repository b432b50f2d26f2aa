import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import type { EventReader } from '#event-store/event-store.js';

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
