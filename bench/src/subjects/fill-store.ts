import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import { LotWriter } from '../../../apps/server/src/writers.js';
import { openLots } from '../bidding/open-lots.js';
import { placeBid } from '../bidding/place-bid.js';
import { answer } from '../process/subject.js';

export interface FillTask {
  readonly directory: string;
  readonly lots: number;
  readonly bids: number;
  readonly proxies: boolean;
}

export interface Filled {
  readonly lotIds: readonly string[];
}

const AT_ONCE = 1_000;
const BIDDERS = 500;

/** Fills a store with auctions as they go: bids of many bidders, most of them above the last. */
answer<FillTask, Filled>(async ({ directory, lots: count, bids, proxies }) => {
  const store = await openEmbeddedStore({ directory });
  const lots = new LotWriter(store);
  const lotIds = await openLots(store, lots, { count, proxies });
  for (let first = 0; first < bids; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, bids - first) }, (_, index) => first + index);
    await Promise.all(some.map((bid) => placeBid(lots, nth(bid, lotIds))));
  }
  await store.close();
  return { lotIds };
});

/** The same in every run; 7919 is a prime, so that bidders and lots do not come in step. */
const nth = (bid: number, lotIds: readonly string[]) => ({
  lotId: lotIds[bid % lotIds.length] as string,
  bidderId: `bidder-${(bid * 7_919) % BIDDERS}`,
  amount: 1_000 + bid + ((bid * 7_919) % 4_000),
});
