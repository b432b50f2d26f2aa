import Type, { type Static } from 'typebox';
import type { PlaceBid } from '#auction/lot/place-bid.js';
import { AuctionId, BidId, LotId, Subject } from '#contracts/ids.js';
import { PositiveMoney } from '#contracts/money.js';
import { EpochMs } from '#contracts/time.js';

/** A bid in the spool: the whole command, so that it can be carried out in another life of the process. */
export const SpooledBid = Type.Object({
  bidId: BidId,
  lotId: LotId,
  auctionId: AuctionId,
  bidderId: Subject,
  amount: PositiveMoney,
  acceptedAt: EpochMs,
  /** The stream remembers the command under it, so that repeating the command is safe for ever. */
  requestDigest: Type.String(),
  correlationId: Type.String(),
  causationId: Type.String(),
  actor: Type.String(),
  traceparent: Type.Optional(Type.String()),
  /** The revision behind which its event may stand already; missing: it was never tried. */
  triedBehind: Type.Optional(Type.Integer({ minimum: -1 })),
});
export type SpooledBid = Static<typeof SpooledBid>;

/** The command of the bid: its bidder has the word that it is taken. */
export const placeBidOf = ({ bidId, bidderId, amount, acceptedAt }: SpooledBid): PlaceBid => ({
  type: 'PlaceBid',
  bidId,
  bidderId,
  amount,
  acceptedAt,
  acknowledged: true,
});
