import type { Position } from '#event-store/event-store.js';

/** Ids and subjects contain no '/', so `${id}/` is the prefix of one owner's rows and of nobody else's. */
export const auctionLotKey = (auctionId: string, ordinal: number) => `${auctionId}/${String(ordinal).padStart(6, '0')}`;
export const bidKey = (lotId: string, sequence: number) => `${lotId}/${String(sequence).padStart(12, '0')}`;
/** Twenty digits hold every position of 64 bits. */
export const bidderBidKey = (bidderId: string, position: Position) => `${bidderId}/${position.padStart(20, '0')}`;
