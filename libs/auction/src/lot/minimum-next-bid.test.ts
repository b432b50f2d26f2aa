import type { LotTerms } from '#contracts/terms.js';
import { fold } from '#testing/decider-spec.js';
import { bidPlaced, opened } from '#testing/lot-builders.js';
import type { Lot } from './lot.js';
import { lotDecider } from './lot-decider.js';
import { minimumNextBid } from './minimum-next-bid.js';

const minimumAfter = (terms: Partial<LotTerms>, bids: Parameters<typeof bidPlaced>[] = []) => {
  const history = [...opened(terms), ...bids.map((bid) => bidPlaced(...bid))];
  return minimumNextBid(fold(lotDecider, history) as Lot);
};

describe('the minimum next bid', () => {
  it('is one above the starting bid or the highest under policy open', () => {
    expect(minimumAfter({ startingBid: 1_000 })).toBe(1_001);
    expect(minimumAfter({ startingBid: 0 })).toBe(1);
    expect(minimumAfter({}, [['ann', 2_000]])).toBe(2_001);
  });

  it('is the starting bid under policy proxy, at least one minor unit', () => {
    expect(minimumAfter({ bidPolicy: 'proxy', startingBid: 1_000 })).toBe(1_000);
    expect(minimumAfter({ bidPolicy: 'proxy', startingBid: 0 })).toBe(1);
  });

  it('is an increment above the visible price under policy proxy, not above the maximum', () => {
    expect(minimumAfter({ bidPolicy: 'proxy' }, [['ann', 9_000, { price: 2_500 }]])).toBe(2_600);
  });
});
