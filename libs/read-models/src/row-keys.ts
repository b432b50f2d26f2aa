import type { Position } from '#event-store/event-store.js';

/** As SQLite orders them: by the bytes of UTF-8. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Twenty digits hold every position of 64 bits. */
const digitsOf = (position: Position) => position.padStart(20, '0');

/** Auctions by the position at which they were created: their ids need not rise. */
export const CREATED_AUCTIONS = 'created/';
export const createdAuctionKey = (position: Position) => CREATED_AUCTIONS + digitsOf(position);

/** Ids and subjects contain no '/', so a key up to the '/' behind one is the prefix of its rows and of nobody else's. */
export const lotsOfAuction = (auctionId: string) => `auction/${auctionId}/`;
export const auctionLotKey = (auctionId: string, ordinal: number) =>
  lotsOfAuction(auctionId) + String(ordinal).padStart(6, '0');

/** A bid is found by its lot and sequence, by its bidder and position, and by its id. */
export const lotBids = (lotId: string) => `lot/${lotId}/`;
export const lotBidKey = (lotId: string, sequence: number) => lotBids(lotId) + String(sequence).padStart(12, '0');
export const bidderBids = (bidderId: string) => `bidder/${bidderId}/`;
export const bidderBidKey = (bidderId: string, position: Position) => bidderBids(bidderId) + digitsOf(position);
export const bidKey = (bidId: string) => `bid/${bidId}`;
