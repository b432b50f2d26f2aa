import type { BidState } from '#contracts/http/lots.js';
import type { Money } from '#contracts/money.js';
import type { ReadModel } from '#read-models/read-model.js';
import { bidderBids, bidKey } from '#read-models/row-keys.js';
import type { BidRow, LotRow } from '#read-models/rows.js';
import type { BidSpool } from '../spool/bid-spool.js';
import type { SpooledBid } from '../spool/spooled-bid.js';

/** A bid as its bidder sees it, wherever it is. */
export interface OwnBid extends Omit<BidRow, 'outcome'> {
  readonly outcome: BidRow['outcome'] | 'pending' | 'refused';
  readonly reason?: string;
}

/**
 * What a bid says of money. Under `proxy` what was bid is a hidden maximum, told to its bidder alone (rule P5): `amount` is the price
 * behind it, null for a bid that is not in its place among the others. So it is where the policy is not known.
 */
export function amountsOf(
  { amount, price }: Pick<OwnBid, 'amount' | 'price'>,
  lot: Pick<LotRow['lot'], 'terms'> | null,
  isOwn: boolean,
): { amount: Money | null; maximum?: Money } {
  if (lot?.terms.bidPolicy === 'open') return { amount };
  return { amount: price, ...(isOwn && { maximum: amount }) };
}

export function bidState({ outcome }: OwnBid): BidState {
  if (outcome === 'late' || outcome === 'refused') return outcome;
  return outcome === 'pending' ? 'spooled' : 'stored';
}

export function spooledBidOf(spool: BidSpool, bid: SpooledBid): OwnBid {
  const { bidId, lotId, auctionId, bidderId, amount, acceptedAt } = bid;
  const reason = spool.refusalOf(bidId);
  const shown = { bidId, lotId, auctionId, bidderId, amount, sequence: null, price: null, acceptedAt };
  return reason === undefined ? { ...shown, outcome: 'pending' } : { ...shown, outcome: 'refused', reason };
}

/**
 * The bidder's bids in the spool, newest first, but for those that the read models show already. Their keys are above every key of
 * the bidder's rows, in the same form.
 */
export function spooledBidsOf(
  spool: BidSpool,
  stored: ReadModel<BidRow>,
  bidderId: string,
): { key: string; row: OwnBid }[] {
  const bids = spool.ofBidder(bidderId).filter(({ bidId }) => stored.get(bidKey(bidId)) === null);
  bids.sort((a, b) => a.acceptedAt - b.acceptedAt || (a.bidId < b.bidId ? -1 : 1));
  let sameTime = 0;
  const rows = bids.map((bid, i) => {
    sameTime = bids[i - 1]?.acceptedAt === bid.acceptedAt ? sameTime + 1 : 0;
    const place = String(bid.acceptedAt).padStart(13, '0') + String(sameTime).padStart(6, '0');
    return { key: `${bidderBids(bidderId)}9${place}`, row: spooledBidOf(spool, bid) };
  });
  return rows.reverse();
}
