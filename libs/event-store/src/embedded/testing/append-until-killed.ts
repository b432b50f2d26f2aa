import { randomUUID } from 'node:crypto';
import { openEmbeddedStore } from '../embedded-store.js';

/**
 * A process that appends to a store as fast as it can, in batches of 1 to 5, and tells what was acknowledged, one line each:
 * stream, first revision, ids.
 */
const STREAMS = 40;
const store = await openEmbeddedStore({ directory: process.argv[2] as string });

async function appendForever(stream: string): Promise<never> {
  for (let end = -1; ; ) {
    const events = Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => ({
      id: randomUUID(),
      type: 'BidPlaced',
      version: 1,
      data: { amount: end, text: 'x'.repeat(Math.floor(Math.random() * 1_000)) },
      metadata: { commandId: randomUUID(), correlationId: 'r', causationId: 'r', actor: 'bidder:b-1' },
    }));
    const result = await store.append(stream, end === -1 ? 'no-stream' : end, events);
    if (result.outcome !== 'appended') throw new Error(`conflict in ${stream}`);
    const line = `${JSON.stringify([stream, end + 1, events.map(({ id }) => id)])}\n`;
    // Waits for a reader that is slow.
    await new Promise((written) => process.stdout.write(line, written));
    end += events.length;
  }
}

await Promise.all(Array.from({ length: STREAMS }, () => appendForever(randomUUID())));
