import { rm } from 'node:fs/promises';
import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';

const EVENTS = 100_000;
/** In one append, and so in one stream: the feed reads them all the same, and they are stored in no time. */
const AT_ONCE = 500;
/** The texts alone take 90 MB, and what they are made of twice as much. */
const MAX_HEAP_MB = 128;

const uuid = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;

async function fill(directory: string): Promise<void> {
  const store = await openEmbeddedStore({ directory });
  const terms = { title: 'x'.repeat(300), currency: 'EUR', opensAt: null, closesAt: null, stagger: null, createdAt: 1 };
  const metadata = { commandId: uuid(0), correlationId: 'c', causationId: 'c', actor: 'test' };
  for (let n = 0; n < EVENTS; n += AT_ONCE) {
    const events = Array.from({ length: AT_ONCE }, (_, i) => {
      const data = { auctionId: uuid(n + i), ...terms };
      return { id: uuid(n + i), type: 'AuctionCreated', version: 1, data, metadata };
    });
    await store.append(`auction-${uuid(n)}`, 'no-stream', events);
  }
  await store.close();
}

it('pages a hundred thousand events through a process whose heap could not hold them', async () => {
  const dataDir = await emptyDirectory();
  await fill(dataDir);
  const server = await ServerProcess.start(dataDir, { NODE_OPTIONS: `--max-old-space-size=${MAX_HEAP_MB}` });
  try {
    let read = 0;
    for (let query = '?limit=1000', more = true; more; ) {
      const { status, body } = await server.admin.get(`/api/events${query}`);
      expect(status).toBe(200);
      const ids = body.events.map((event: { eventId: string }) => event.eventId);
      expect(ids).toEqual(ids.map((_: string, i: number) => uuid(read + i)));
      read += ids.length;
      query = `?limit=1000&after=${body.nextCursor}`;
      more = !body.atEnd;
    }
    expect(read).toBe(EVENTS);
  } finally {
    await server.end('SIGKILL');
    await rm(dataDir, { recursive: true });
  }
}, 120_000);
