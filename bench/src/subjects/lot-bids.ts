import { openEmbeddedStore } from '#event-store/embedded/embedded-store.js';
import { LotWriter } from '../../../apps/server/src/writers.js';
import type { Measured } from '../benchmark.js';
import { keepInFlight, type Pressure } from '../bidding/in-flight.js';
import { openLots } from '../bidding/open-lots.js';
import { LEADING_FROM, placeBid } from '../bidding/place-bid.js';
import { answer } from '../process/subject.js';

export interface LotBidsTask extends Pressure {
  /** Of the store. */
  readonly directory: string;
  /** Bids go to these in turns: so many new lots, or one that is there. */
  readonly lots: number | { readonly lotId: string };
}

/** Bids through the lot's writer on the embedded store, in this process. */
answer<LotBidsTask, Measured>(async (task) => {
  let commits = 0;
  let events = 0;
  const store = await openEmbeddedStore({
    directory: task.directory,
    onCommit: (report) => {
      commits += 1;
      events += report.events;
    },
  });
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
