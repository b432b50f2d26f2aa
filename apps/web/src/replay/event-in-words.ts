import type { LotHistoryEvent } from '#contracts/http/lot-history.js';
import { formatMoney } from '../money/money.js';
import { outcomeNames } from '../pages/lot/outcome-in-words.js';

const closings: Record<string, string> = {
  time: 'its time was over',
  auctioneer: 'by the auctioneer',
  'auction-ended': 'the auction ended',
  bought: 'it was bought',
  'no-valid-bid': 'there was no valid bid',
  'reserve-not-met': 'the reserve was not met',
  'nothing-bought': 'nothing was bought',
  bid: 'after a late bid',
  group: 'with the group',
};

/** What happened, in a line. */
export function eventInWords({ type, changes, bid, purchase, note }: LotHistoryEvent, currency: string): string {
  const why = note === undefined ? '' : `, ${closings[note] ?? note}`;
  const money = (amount: number | null | undefined) => (amount == null ? 'an amount' : formatMoney(amount, currency));
  switch (type) {
    case 'LotListed':
      return `Listed: ${changes.title ?? ''}`;
    case 'LotOpened':
      return 'Bidding opened';
    case 'BidPlaced':
      return `${bid?.bidderId} bid ${money(bid?.amount)}: ${bid?.outcome ? outcomeNames[bid.outcome] : ''}`;
    case 'BidArrivedLate':
      return `A bid of ${bid?.bidderId} arrived late`;
    case 'BiddingExtended':
      return `Extended to ${changes.closesAt ? new Date(changes.closesAt).toLocaleTimeString() : 'later'}${why}`;
    case 'ReserveLowered':
      return 'The reserve was lowered';
    case 'ItemBought':
      return `${purchase?.buyerId} bought ${purchase?.quantity} for ${money(purchase?.price)}`;
    case 'OutOfStock':
      return 'Sold out';
    case 'LotClosed':
      return `Closed${why}`;
    case 'LotSold':
      return 'Sold';
    case 'LotPassed':
      return `Not sold${why}`;
    case 'LotWithdrawn':
      return 'Withdrawn';
  }
}
