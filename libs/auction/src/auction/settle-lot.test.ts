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
import type { SettleLot } from './settle-lot.js';

const auction = spec(auctionDecider);
const twoLots = [auctionCreated(), lotAdded(1), lotAdded(2), auctionStarted()];
const [one, two] = [soldTo(1, 'ann', 2_000), without(2, 'passed')];
const settle = (result = one, at = OPENS + 5): SettleLot => ({ type: 'SettleLot', result, at });

describe('the result of a lot', () => {
  it('reaches its auction', () => {
    auction
      .given(twoLots)
      .when(settle())
      .thenRecorded([lotSettled(one)]);
  });

  it('counts once', () => {
    auction
      .given([...twoLots, lotSettled(one)])
      .when(settle())
      .thenUnchanged();
  });

  it('of a lot that was withdrawn reaches an auction that has not started', () => {
    auction
      .given([auctionCreated(), lotAdded(1)])
      .when(settle(without(1, 'withdrawn')))
      .thenRecorded([lotSettled(without(1, 'withdrawn'))]);
  });

  it('is refused for a lot that the auction does not have', () => {
    auction
      .given(twoLots)
      .when(settle(without(3, 'passed')))
      .thenRefused({ code: 'lot-not-found' });
  });

  it('of the last lot ends an auction that is ending', () => {
    auction
      .given([...twoLots, auctionEnding(OPENS + 4), lotSettled(two)])
      .when(settle())
      .thenRecorded([lotSettled(one), auctionEnded(OPENS + 5, [one, two])]);
  });

  it('of another lot leaves an auction that is ending', () => {
    auction
      .given([...twoLots, auctionEnding(OPENS + 4)])
      .when(settle())
      .thenRecorded([lotSettled(one)]);
  });

  it('of the last lot ends an auction whose end has come', () => {
    auction
      .given([...twoLots, lotSettled(two)])
      .when(settle(one, CLOSES))
      .thenRecorded([lotSettled(one), auctionEnding(CLOSES), auctionEnded(CLOSES, [one, two])]);
  });

  it('of the last lot leaves an auction before its end, for more lots may come', () => {
    auction
      .given([...twoLots, lotSettled(two)])
      .when(settle(one, CLOSES - 1))
      .thenRecorded([lotSettled(one)]);
  });

  it('is kept by an auction that was cancelled, which does not end by it', () => {
    auction
      .given([...twoLots, lotSettled(two), auctionCancelled(OPENS)])
      .when(settle(one, CLOSES))
      .thenRecorded([lotSettled(one)]);
  });

  it('changes nothing in an auction that has ended', () => {
    auction
      .given([...twoLots, lotSettled(two), lotSettled(one), auctionEnding(CLOSES), auctionEnded(CLOSES, [one, two])])
      .when(settle())
      .thenUnchanged();
  });
});
