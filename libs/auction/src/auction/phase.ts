import type { Auction } from './auction.js';

/** Takes no more lots. */
export const isOver = (auction: Auction): boolean =>
  auction.phase === 'ending' || auction.phase === 'ended' || auction.phase === 'cancelled';
