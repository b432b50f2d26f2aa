import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { StoreUnavailable } from '../../event-store.js';
import { openEmbeddedStore } from '../embedded-store.js';

/**
 * A process that may not write files larger than 400 kB for a while: its writes fail with EFBIG, which SQLite reports as an
 * I/O error, as it does for a disk quota. Tells what each append answered, then how many events can be read.
 */
const store = await openEmbeddedStore({ directory: process.argv[2] as string });
let acknowledged = 0;

async function append(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const metadata = { commandId: 'c', correlationId: 'r', causationId: 'r', actor: 'system' };
    const event = { id: randomUUID(), type: 'BidPlaced', version: 1, data: { text: 'x'.repeat(20_000) }, metadata };
    try {
      await store.append('lot-1', acknowledged === 0 ? 'no-stream' : acknowledged - 1, [event]);
      acknowledged += 1;
      console.log('appended');
    } catch (error) {
      console.log(error instanceof StoreUnavailable ? `unavailable, ambiguous: ${error.ambiguous}` : String(error));
    }
  }
}

const limitFiles = (bytes: string) =>
  execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:unlimited`]);

await append(3);
limitFiles('400000');
await append(30);
limitFiles('unlimited');
await append(3);
console.log(`${(await store.readStream('lot-1', 0, 1_000)).length} of ${acknowledged}`);
await store.close();
