import {
  addLot,
  auctionCancelled,
  auctionCreated,
  auctionEnded,
  auctionEnding,
  auctionStarted,
  lotAdded,
  nthLot,
} from '#testing/auction-builders.js';
import { spec } from '#testing/decider-spec.js';
import { auctionId, CLOSES, OPENS } from '#testing/lot-builders.js';
import { MAX_LOTS } from './auction.js';
import { auctionDecider } from './auction-decider.js';

const auction = spec(auctionDecider);
const staggered = { stagger: { stepSeconds: 30 } };

describe('adding a lot', () => {
  it('takes currency and end from its auction', () => {
    auction
      .given([auctionCreated({ currency: 'NZD' })])
      .when(addLot(1))
      .thenRecorded([lotAdded(1, { currency: 'NZD', closesAt: CLOSES })]);
  });

  it('keeps an end of its own', () => {
    auction
      .given([auctionCreated(staggered), lotAdded(1)])
      .when(addLot(2, { closesAt: CLOSES - 5 }))
      .thenRecorded([lotAdded(2, { closesAt: CLOSES - 5 })]);
  });

  it('has no end when neither it nor the auction has one', () => {
    auction
      .given([auctionCreated({ ...staggered, closesAt: null })])
      .when(addLot(1))
      .thenRecorded([lotAdded(1, { closesAt: null })]);
  });

  it('ends a step later than the lot before it in a staggered auction', () => {
    auction
      .given([auctionCreated(staggered), lotAdded(1)])
      .when(addLot(2))
      .thenRecorded([lotAdded(2, { closesAt: CLOSES + 30_000 })]);
  });

  it('is possible while the auction runs', () => {
    auction
      .given([auctionCreated(), auctionStarted()])
      .when(addLot(1))
      .thenRecorded([lotAdded(1)]);
  });

  it.each([
    ['running', []],
    ['over', [auctionCancelled(OPENS)]],
  ])('happens once, also when the auction is %s by now', (_, later) => {
    auction
      .given([auctionCreated(), lotAdded(1), ...later])
      .when(addLot(1))
      .thenUnchanged();
  });

  it.each([
    ['ending', [auctionStarted(), auctionEnding(CLOSES)], 'auction-ended'],
    ['ended', [auctionStarted(), auctionEnding(CLOSES), auctionEnded(CLOSES, [])], 'auction-ended'],
    ['cancelled', [auctionCancelled(OPENS)], 'auction-cancelled'],
  ] as const)('is refused when the auction is %s', (_, later, code) => {
    auction
      .given([auctionCreated(), ...later])
      .when(addLot(1))
      .thenRefused({ code });
  });
});

describe('the number of lots', () => {
  const full = [auctionCreated(), ...Array.from({ length: MAX_LOTS }, (_, i) => lotAdded(i + 1))];

  it('has a limit', () => {
    auction
      .given(full)
      .when(addLot(MAX_LOTS + 1))
      .thenRefused({ code: 'auction-full', limit: MAX_LOTS });
    auction
      .given(full.slice(0, -1))
      .when(addLot(MAX_LOTS))
      .thenRecorded([lotAdded(MAX_LOTS)]);
  });

  it('is small enough for the last append, with every result at its longest, to stay under 1 MiB', () => {
    const result = {
      lotId: nthLot(1),
      state: 'sold' as const,
      winnerId: 'w'.repeat(128),
      amount: 999_999_999_999,
      bidId: nthLot(1),
    };
    const settled = { type: 'LotSettled', data: { auctionId, result } };
    const results = Array.from({ length: MAX_LOTS }, () => result);
    const append = [settled, auctionEnding(CLOSES), auctionEnded(CLOSES, results)];
    const metadata = 3 * 2_048;
    expect(JSON.stringify(append).length + metadata).toBeLessThan(1024 * 1024);
  });
});
