import { openStore } from '#event-store/store-location.js';
import { LotWriter } from '../../../apps/server/src/writers.js';
import type { Measured } from '../benchmark.js';
import { keepInFlight, type Pressure } from '../bidding/in-flight.js';
import { openLots } from '../bidding/open-lots.js';
import { LEADING_FROM, placeBid } from '../bidding/place-bid.js';
import { answer } from '../process/subject.js';

export interface LotBidsTask extends Pressure {
  /** Of the embedded store. */
  readonly directory: string;
  /** An EventStoreDB instead. */
  readonly eventStoreUrl?: string;
  /** Bids go to these in turns: so many new lots, or one that is there. */
  readonly lots: number | { readonly lotId: string };
}

/** Bids through the lot's writer on a store, in this process. */
answer<LotBidsTask, Measured>(async (task) => {
  let commits = 0;
  let events = 0;
  const { directory: dataDir, eventStoreUrl } = task;
  const store = await openStore(
    { dataDir, eventStoreUrl },
    {
      onCommit: (report) => {
        commits += 1;
        events += report.events;
      },
      onOutage: (error) => {
        throw error;
      },
    },
  );
  const lots = new LotWriter(store);
  const cold = typeof task.lots === 'number' ? {} : await coldLoad(lots, task.lots.lotId);
  const lotIds =
    typeof task.lots === 'number'
      ? await openLots(store, lots, { count: task.lots, proxies: false })
      : [task.lots.lotId];
  const { value, details } = await keepInFlight(task, (bid) => {
    const lotId = lotIds[bid % lotIds.length] as string;
    return placeBid(lots, { lotId, bidderId: `bidder-${bid % 100}`, amount: LEADING_FROM + bid });
  });
  await store.close();
  return { value, details: { ...details, 'events a commit': events / commits, ...cold } };
});

/** The first that this process reads. */
async function coldLoad(lots: LotWriter, lotId: string): Promise<Record<string, number>> {
  const started = performance.now();
  const { revision } = await lots.load(lotId);
  return { 'cold load, ms': performance.now() - started, 'events loaded': revision + 1 };
}
