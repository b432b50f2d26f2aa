import { LRUCache } from 'lru-cache';
import type { LotState } from '#auction/lot/lot.js';
import { lotDecider } from '#auction/lot/lot-decider.js';
import type { LotRow } from '#read-models/rows.js';
import { placeBidOf, type SpooledBid } from './spooled-bid.js';

interface Ahead {
  /** Of the lot as it is known. */
  readonly revision: number;
  readonly first: SpooledBid | undefined;
  readonly last: SpooledBid | undefined;
  /** Of the waiting bids, how many are in it. */
  readonly bids: number;
  readonly state: LotState;
}

/** Lots that are played on: a bid after another one plays the last one only. */
const REMEMBERED = 1_000;

/** Lots as they will be once the bids that wait for the store are carried out: the rules tell that without the store. */
export class LotsAhead {
  private readonly known = new LRUCache<string, Ahead>({ max: REMEMBERED });

  /** The lot as this process knows it, `waiting` in the order in which they were accepted. */
  of({ lot, revision }: Pick<LotRow, 'lot' | 'revision'>, waiting: readonly SpooledBid[]): LotState {
    const [first] = waiting;
    const known = this.known.get(lot.lotId);
    // One that waited longer is put in front of later ones: then it begins anew.
    const goesOn = known?.revision === revision && known.first === first && waiting[known.bids - 1] === known.last;
    let state: LotState = goesOn ? known.state : lot;
    for (const bid of waiting.slice(goesOn ? known.bids : 0)) {
      const decision = lotDecider.decide(placeBidOf(bid), state);
      if (decision.kind === 'accepted') state = decision.events.reduce(lotDecider.evolve, state);
    }
    this.known.set(lot.lotId, { revision, first, last: waiting.at(-1), bids: waiting.length, state });
    return state;
  }
}
