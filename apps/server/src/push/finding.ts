import { setTimeout as sleep } from 'node:timers/promises';
import type { Topics } from '#contracts/push/client-messages.js';
import { TimeSlice } from '#read-models/time-slice.js';
import { isInScope } from '../auth/principal.js';
import { Ahead, type Hub } from './hub.js';
import { RowsBehind } from './live-rows.js';
import type { Found, Missing } from './missing.js';
import type { Caller } from './subscriber.js';

/** How long is waited for rows that are on their way. Milliseconds. */
export const PATIENCE_MS = 3_000;

/** For whom something is looked for, while they are there. */
export interface Waiting {
  readonly closed: boolean;
  readonly caller: Pick<Caller, 'auctionIds'>;
}

/** Looks for lots and auctions as soon as their rows can be had. Another caller's are not there for one with a limited key. */
export class Finding {
  constructor(private readonly hub: Hub) {}

  /** What is not there. Ends with the first whose rows are behind: those of the others are, too. */
  async missing(waiting: Waiting, { lots = [], auctions = [] }: Pick<Topics, 'lots' | 'auctions'>): Promise<Missing[]> {
    const missing: Missing[] = [];
    const slice = new TimeSlice();
    const named = (what: Missing['what'], ids: readonly string[]) => [...new Set(ids)].map((id) => [what, id] as const);
    for (const [what, id] of [...named('lot', lots), ...named('auction', auctions)]) {
      const found = await this[what](waiting, id);
      if (found !== 'found') missing.push({ what, id, found });
      if (found === 'behind') break;
      if (slice.over()) await slice.rest();
    }
    return missing;
  }

  lot(waiting: Waiting, lotId: string): Promise<Found> {
    return this.whenThere(waiting, () => {
      const row = this.hub.lots.get(lotId);
      return row !== null && isInScope(waiting.caller, row.lot.auctionId);
    });
  }

  /** Does something as soon as its rows can be had. `act` answers false when there is no such thing. */
  async whenThere(waiting: Pick<Waiting, 'closed'>, act: () => boolean): Promise<Found> {
    const deadline = performance.now() + PATIENCE_MS;
    do {
      if (waiting.closed) return 'found';
      try {
        return act() ? 'found' : 'not-found';
      } catch (error) {
        if (error instanceof Ahead) await this.hub.reached(error.position, PATIENCE_MS);
        else if (error instanceof RowsBehind) await sleep(50);
        else throw error;
      }
    } while (performance.now() < deadline);
    return 'behind';
  }

  private auction(waiting: Waiting, auctionId: string): Promise<Found> {
    return this.whenThere(
      waiting,
      () => isInScope(waiting.caller, auctionId) && this.hub.auctions.get(auctionId) !== null,
    );
  }
}
