import type { Auction } from '#auction/auction/auction.js';
import type { Lot } from '#auction/lot/lot.js';
import type { LotResult, Stagger } from '#contracts/events/auction-events.js';
import type { Role } from '#contracts/events/key-events.js';
import type { BidOutcome } from '#contracts/events/lot-events.js';
import type { DisableReason } from '#contracts/events/webhook-events.js';
import type { Money } from '#contracts/money.js';
import type { EpochMs } from '#contracts/time.js';
import type { Position } from '#event-store/event-store.js';

/** Key: lotId. Due at `closesAt` while the lot is open. */
export interface LotRow {
  /** What each buyer bought is left out, so that the row stays small: only a command needs it. */
  readonly lot: Omit<Lot, 'boughtBy'> & { readonly boughtBy: null };
  /** Of the lot's stream. */
  readonly revision: number;
  readonly position: Position;
}

/** Key: auctionId. Due at `opensAt` while created, at `closesAt` while started. */
export interface AuctionRow {
  readonly auctionId: string;
  readonly title: string;
  readonly currency: string;
  readonly phase: Auction['phase'];
  readonly opensAt: EpochMs | null;
  readonly closesAt: EpochMs | null;
  readonly stagger: Stagger | null;
  readonly startedAt: EpochMs | null;
  readonly endedAt: EpochMs | null;
  /** Lots that are listed: one that is only half added does not count yet. */
  readonly lotCount: number;
  /** Lots that were added and whose result has not reached the auction. */
  readonly unsettledCount: number;
  /** Final results in the order of the lots; null until the auction has ended. */
  readonly results: readonly LotResult[] | null;
  /** Of the auction's stream. */
  readonly revision: number;
  readonly position: Position;
}

/** Key: `created/${position, 20 digits}`, of AuctionCreated. */
interface CreatedAuctionRow {
  readonly auctionId: string;
}

/** Key: `auction/${auctionId}/${ordinal, 6 digits}`. */
interface AuctionLotRow {
  readonly auctionId: string;
  readonly lotId: string;
  readonly ordinal: number;
}

/** What stays as it was listed. */
export type ListingRow = CreatedAuctionRow | AuctionLotRow;

/**
 * Every bid, late ones too. Keys: `lot/${lotId}/${sequence, 12 digits}` unless it was late, `bidder/${bidderId}/${position, 20 digits}`,
 * and `bid/${bidId}`.
 */
export interface BidRow {
  readonly bidId: string;
  readonly lotId: string;
  readonly auctionId: string;
  readonly bidderId: string;
  /** Null for a late bid. */
  readonly sequence: number | null;
  /** Under `proxy` the hidden maximum: for its bidder only (rule P5). */
  readonly amount: Money;
  /** The visible price after the bid; null while no bid is valid, and for a late one. */
  readonly price: Money | null;
  readonly outcome: BidOutcome | 'late';
  readonly acceptedAt: EpochMs;
}

/** Not late: all that stand under the keys of a lot. */
export interface PlacedBidRow extends BidRow {
  readonly sequence: number;
  readonly outcome: BidOutcome;
}

export const isPlaced = (row: BidRow): row is PlacedBidRow => row.sequence !== null;

/** Key: keyId. An API key; of its secret only the digest. */
export interface KeyRow {
  readonly keyId: string;
  readonly role: Role;
  readonly subject: string;
  readonly digest: string;
  /** The auctions that a partner's key is limited to; null: all. */
  readonly auctionIds: readonly string[] | null;
  readonly revoked: boolean;
}

/** A secret that was replaced and still signs. */
export interface PreviousSecret {
  readonly generation: number;
  readonly until: EpochMs;
}

/** Key: `${partner}/${webhookId}`. A subscription that has not been deleted. */
export interface WebhookRow {
  readonly webhookId: string;
  /** The subject of the key that made it. */
  readonly partner: string;
  readonly url: string;
  /** Public types; null: all. */
  readonly eventTypes: readonly string[] | null;
  /** Null: all. */
  readonly auctionIds: readonly string[] | null;
  readonly subscribedAt: EpochMs;
  /** Of WebhookSubscribed: deliveries begin behind it. */
  readonly subscribedPosition: Position;
  /** Which secret signs, from 1. */
  readonly generation: number;
  /** Those before it that sign too, the newest first: a few at most. */
  readonly previous: readonly PreviousSecret[];
  /** Why nothing is delivered now; null: it is. */
  readonly disabled: { readonly reason: DisableReason; readonly detail: string; readonly at: EpochMs } | null;
}
