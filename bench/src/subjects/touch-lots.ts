import { setTimeout as sleep } from 'node:timers/promises';
import { incrementPresets } from '#auction/lot/increments.js';
import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import { uuidV7 } from '#platform/uuid.js';
import { LotWriter } from '../../../apps/server/src/writers.js';
import { context } from '../bidding/open-lots.js';
import { placeBid } from '../bidding/place-bid.js';
import { answer } from '../process/subject.js';

export interface TouchTask {
  readonly directory: string;
  readonly lots: number;
  /** For how long a stream is kept that nobody writes. */
  readonly idleMs: number;
}

/** Heaps in MiB, after a garbage collection. */
export interface Touched {
  readonly before: number;
  readonly busy: number;
  readonly after: number;
  readonly heldBusy: number;
  readonly heldAfter: number;
}

const AT_ONCE = 500;
/** Lots that are touched before the first look: compiled code and statements stay. */
const WARM_UP = 5_000;
const IDLE_TURNS = 10;
/** What the store keeps for followers is bounded by itself; small here, so that it hides nothing. */
const RECENT = { events: 1_000, characters: 1_048_576 };

/** The heap of a process that has touched many lots and then none. Takes `node --expose-gc`. */
answer<TouchTask, Touched>(async ({ directory, lots: count, idleMs }) => {
  const store = await openEmbeddedStore({ directory, recent: RECENT });
  const lots = new LotWriter(store, { idleMs });
  const idle = async () => {
    for (let turn = 0; turn < IDLE_TURNS; turn += 1) {
      await sleep((idleMs * 2) / IDLE_TURNS);
      lots.evictIdle();
    }
  };
  await touch(lots, WARM_UP);
  await idle();
  const before = heapMib();
  await touch(lots, count);
  const heldBusy = lots.heldStreams;
  const busy = heapMib();
  await idle();
  const heldAfter = lots.heldStreams;
  const after = heapMib();
  await store.close();
  return { before, busy, after, heldBusy, heldAfter };
});

async function touch(lots: LotWriter, count: number): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - first) }, () => touchOne(lots)));
  }
}

/** A listing and a bid. */
async function touchOne(lots: LotWriter): Promise<void> {
  const lotId = uuidV7();
  const terms = {
    title: 'A lot',
    currency: 'EUR',
    startingBid: 100,
    bidPolicy: 'open' as const,
    increments: [...incrementPresets.ebay],
    reserve: null,
    softClose: null,
    closesAt: null,
    buyNow: null,
    vehicle: null,
  };
  const listing = { type: 'ListLot', lotId, auctionId: lotId, ordinal: 1, terms, extendsAsGroup: false } as const;
  await lots.execute(lotId, listing, context('system'));
  await lots.execute(lotId, { type: 'OpenLot', at: Date.now() - 1 }, context('system'));
  await placeBid(lots, { lotId, bidderId: 'ada', amount: 1_000 });
}

function heapMib(): number {
  if (globalThis.gc === undefined) throw new Error('this takes node --expose-gc');
  for (let i = 0; i < 3; i += 1) globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
