import type { BidOutcome } from '#contracts/events/lot-events.js';
import type { BidAnswer } from '#contracts/http/lots.js';
import { formatMoney } from '../../money/money.js';

/** What a bid came to, to its bidder. */
export function outcomeInWords({ outcome, minimumNextBid }: BidAnswer, currency: string): string {
  const least = formatMoney(minimumNextBid, currency);
  switch (outcome) {
    case 'leading':
      return 'Your bid is the highest.';
    case 'maximum-raised':
      return 'Your maximum is raised. The price stays as it is.';
    case 'not-highest':
      return `Your bid is recorded, but another one is higher. Bid at least ${least} to lead.`;
    case 'outbid':
      return `Somebody else's maximum is higher, so the price rose. Bid at least ${least} to go on.`;
    case 'below-minimum':
      return `Your bid is recorded, but it is too low to count. The least is ${least}.`;
    case 'own-maximum-not-raised':
      return 'You lead already, with a maximum that is at least as high.';
  }
}

/** The same in a list of bids. */
export const outcomeNames: Record<BidOutcome, string> = {
  leading: 'leads',
  'maximum-raised': 'raised own maximum',
  'not-highest': 'not the highest',
  outbid: 'outbid at once',
  'below-minimum': 'too low',
  'own-maximum-not-raised': 'no change',
};
