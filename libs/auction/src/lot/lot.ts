import type { Map as PersistentMap } from 'immutable';
import type { CloseReason } from '#contracts/events/lot-events.js';
import type { Money } from '#contracts/money.js';
import type { LotTerms } from '#contracts/terms.js';
import type { EpochMs } from '#contracts/time.js';

/** The bid that leads, and the most its bidder would pay. */
export interface Leader {
  readonly bidderId: string;
  /** The bid that took the lead: a later raise of the maximum does not change it, so that it shows nothing. */
  readonly bidId: string;
  readonly sequence: number;
  /** `open`: the amount bid. `proxy`: the hidden maximum (rule P5). */
  readonly maximum: Money;
}

/** A lot as its stream tells it. */
export interface Lot {
  readonly phase: 'listed' | 'open' | 'closed' | 'sold' | 'passed' | 'withdrawn';
  readonly lotId: string;
  readonly auctionId: string;
  readonly ordinal: number;
  readonly terms: LotTerms;
  readonly extendsAsGroup: boolean;
  /** The reserve in force: the listed one until it is lowered. */
  readonly reserve: Money | null;
  /** Set by bids alone, so that lowering the reserve makes no winner. True without a reserve. */
  readonly reserveMet: boolean;
  readonly openedAt: EpochMs | null;
  /** The effective end, extensions included; null: closed by hand. After the close, the time at which the lot closed. */
  readonly closesAt: EpochMs | null;
  readonly extensions: number;
  /** The visible price; null while no bid is valid. */
  readonly price: Money | null;
  readonly leader: Leader | null;
  readonly lastSequence: number;
  /** The latest moment at which a recorded bid was taken in; null before the first. */
  readonly lastAcceptedAt: EpochMs | null;
  readonly bidCount: number;
  readonly unitsSold: number;
  /** Units by buyer; kept only where a limit per buyer asks for it. */
  readonly boughtBy: PersistentMap<string, number> | null;
  readonly closeReason: CloseReason | null;
  readonly winner: {
    readonly winnerId: string | null;
    readonly amount: Money | null;
    readonly bidId: string | null;
  } | null;
}

export type LotState = { readonly phase: 'not-listed' } | Lot;

export const notListed: LotState = { phase: 'not-listed' };

/** Nothing more can happen to the lot, but for late bids that are put on record. */
export const isSettled = (lot: Lot): boolean =>
  lot.phase === 'sold' || lot.phase === 'passed' || lot.phase === 'withdrawn';

/** Units that are not sold; 0 where buying now is not offered (rule B1). */
export const availableUnits = (lot: Pick<Lot, 'terms' | 'unitsSold'>): number =>
  lot.terms.buyNow === null ? 0 : lot.terms.buyNow.quantity - lot.unitsSold;

/** Several units at a fixed price: there is no bidding. */
export const isFixedPrice = (lot: Pick<Lot, 'terms'>): boolean => (lot.terms.buyNow?.quantity ?? 0) > 1;
