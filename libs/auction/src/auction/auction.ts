import { List, Map as PersistentMap } from 'immutable';
import { assertNever } from '#contracts/assert-never.js';
import type { AuctionEvent, LotResult, Stagger } from '#contracts/events/auction-events.js';
import type { LotTerms } from '#contracts/terms.js';
import type { EpochMs } from '#contracts/time.js';

/**
 * One append must stay under 1 MiB, the default limit of EventStoreDB: AuctionEnded carries every result, each at most 275
 * bytes long.
 */
export const MAX_LOTS = 3_500;

export interface AuctionLot {
  readonly lotId: string;
  readonly ordinal: number;
  readonly terms: LotTerms;
  readonly result: LotResult | null;
}

/** An auction as its stream tells it. */
export interface Auction {
  readonly phase: 'created' | 'started' | 'ending' | 'ended' | 'cancelled';
  readonly auctionId: string;
  readonly title: string;
  readonly currency: string;
  readonly opensAt: EpochMs | null;
  readonly closesAt: EpochMs | null;
  readonly stagger: Stagger | null;
  readonly startedAt: EpochMs | null;
  readonly lots: PersistentMap<string, AuctionLot>;
  /** Lot ids by ordinal, from 1 on. */
  readonly order: List<string>;
  readonly settledCount: number;
}

export type AuctionState = { readonly phase: 'not-created' } | Auction;

export const notCreated: AuctionState = { phase: 'not-created' };

export const allSettled = (auction: Auction): boolean => auction.settledCount === auction.order.size;

/** The lots in the order in which they were added. */
export const lotsInOrder = (auction: Auction): AuctionLot[] =>
  auction.order.toArray().flatMap((lotId) => auction.lots.get(lotId) ?? []);

/** Folds one event into the auction. Throws on a stream that no Gavel wrote. */
export function evolve(state: AuctionState, event: AuctionEvent): AuctionState {
  if (event.type === 'AuctionCreated') {
    const { auctionId, title, currency, opensAt, closesAt, stagger } = event.data;
    const lots = PersistentMap<string, AuctionLot>();
    return {
      phase: 'created',
      auctionId,
      title,
      currency,
      opensAt,
      closesAt,
      stagger,
      startedAt: null,
      lots,
      order: List<string>(),
      settledCount: 0,
    };
  }
  if (state.phase === 'not-created') throw new Error(`${event.type} stands before AuctionCreated`);
  return evolveAuction(state, event);
}

function evolveAuction(auction: Auction, event: Exclude<AuctionEvent, { type: 'AuctionCreated' }>): Auction {
  switch (event.type) {
    case 'LotAdded': {
      const { lotId, ordinal, terms } = event.data;
      const lots = auction.lots.set(lotId, { lotId, ordinal, terms, result: null });
      return { ...auction, lots, order: auction.order.push(lotId) };
    }
    case 'AuctionStarted':
      return { ...auction, phase: 'started', startedAt: event.data.startedAt };
    case 'LotSettled': {
      const { result } = event.data;
      const lots = auction.lots.update(result.lotId, (lot) => lot && { ...lot, result });
      return { ...auction, lots: lots as Auction['lots'], settledCount: auction.settledCount + 1 };
    }
    case 'AuctionEnding':
      return { ...auction, phase: 'ending' };
    case 'AuctionEnded':
      return { ...auction, phase: 'ended' };
    case 'AuctionCancelled':
      return { ...auction, phase: 'cancelled' };
    default:
      return assertNever(event);
  }
}
