import {
  auctionCancelled,
  auctionCreated,
  auctionEnded,
  auctionEnding,
  auctionStarted,
  lotAdded,
  lotSettled,
  soldTo,
  without,
} from '#testing/auction-builders.js';
import { spec } from '#testing/decider-spec.js';
import { CLOSES, OPENS } from '#testing/lot-builders.js';
import { auctionDecider } from './auction-decider.js';
import type { EndAuction } from './end-auction.js';

const auction = spec(auctionDecider);
const byHand: EndAuction = { type: 'EndAuction', reason: 'auctioneer', at: OPENS + 5 };
const byTime: EndAuction = { type: 'EndAuction', reason: 'time', at: CLOSES };
const started = [auctionCreated(), auctionStarted()];

describe('ending an auction by hand', () => {
  it('is a decision that the lots still have to follow', () => {
    auction
      .given([...started, lotAdded(1), lotAdded(2), lotSettled(without(1, 'passed'))])
      .when(byHand)
      .thenRecorded([auctionEnding(OPENS + 5)]);
  });

  it('is complete at once when every lot is settled, with the results in the order of the lots', () => {
    const [one, two] = [soldTo(1, 'ann', 2_000), without(2, 'withdrawn')];
    auction
      .given([...started, lotAdded(1), lotAdded(2), lotSettled(two), lotSettled(one)])
      .when(byHand)
      .thenRecorded([auctionEnding(OPENS + 5), auctionEnded(OPENS + 5, [one, two])]);
  });

  it('is complete at once without lots', () => {
    auction
      .given(started)
      .when(byHand)
      .thenRecorded([auctionEnding(OPENS + 5), auctionEnded(OPENS + 5, [])]);
  });
});

describe('ending an auction by time', () => {
  const settled = [...started, lotAdded(1), lotSettled(soldTo(1, 'ann', 2_000))];

  it('happens at its end when every lot is settled', () => {
    auction
      .given(settled)
      .when(byTime)
      .thenRecorded([auctionEnding(CLOSES), auctionEnded(CLOSES, [soldTo(1, 'ann', 2_000)])]);
  });

  it('waits for its end', () => {
    auction
      .given(settled)
      .when({ ...byTime, at: CLOSES - 1 })
      .thenUnchanged();
  });

  it('waits for lots that end later than the auction', () => {
    auction
      .given([...settled, lotAdded(2, { closesAt: CLOSES + 30_000 })])
      .when(byTime)
      .thenUnchanged();
  });

  it('does not happen to an auction without an end', () => {
    auction
      .given([auctionCreated({ closesAt: null }), auctionStarted()])
      .when(byTime)
      .thenUnchanged();
  });
});

describe('an auction', () => {
  it.each([
    ['is ending', [auctionEnding(CLOSES)]],
    ['has ended', [auctionEnding(CLOSES), auctionEnded(CLOSES, [])]],
  ])('that %s ends no second time', (_, end) => {
    auction
      .given([...started, ...end])
      .when(byHand)
      .thenUnchanged();
    auction
      .given([...started, ...end])
      .when(byTime)
      .thenUnchanged();
  });

  it('that has not started cannot end', () => {
    auction.given([auctionCreated()]).when(byHand).thenRefused({ code: 'auction-not-started' });
    auction.given([auctionCreated()]).when(byTime).thenRefused({ code: 'auction-not-started' });
  });

  it('that was cancelled cannot end', () => {
    auction
      .given([...started, auctionCancelled(OPENS)])
      .when(byHand)
      .thenRefused({ code: 'auction-cancelled' });
  });
});
