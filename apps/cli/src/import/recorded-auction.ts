import type { Money } from '#contracts/money.js';

/** A bid of a CSV file. */
export interface RecordedBid {
  readonly line: number;
  /** Subject of the bidder's credential. */
  readonly bidder: string;
  /** The hidden maximum, cents. */
  readonly amount: Money;
  /** Days since the auction's start. */
  readonly at: number;
}

/** An auction of a CSV file, with its bids in order of arrival. */
export interface RecordedAuction {
  readonly auctionId: string;
  /** Of its first bid. */
  readonly line: number;
  readonly title: string;
  readonly startingBid: Money;
  /** What it closed at, cents: what the engine is to reproduce. */
  readonly price: Money;
  readonly bids: RecordedBid[];
}

export interface RecordedAuctions {
  readonly file: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly digest: string;
  /** In the order of their first lines. */
  readonly auctions: readonly RecordedAuction[];
  readonly bidCount: number;
}
