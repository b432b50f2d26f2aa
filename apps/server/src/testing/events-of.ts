import { openEmbeddedReader } from '#event-store/embedded/embedded-reader.js';
import type { RecordedEvent } from '#event-store/event-store.js';

/** Every stored event of a stream, read from the files beside the server or after its end. */
export async function eventsOf(dataDir: string, stream: string): Promise<readonly RecordedEvent[]> {
  const reader = openEmbeddedReader(dataDir);
  try {
    return await reader.readStream(stream, 0, 100_000);
  } finally {
    await reader.close();
  }
}
