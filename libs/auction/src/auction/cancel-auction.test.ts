import {
  auctionCancelled,
  auctionCreated,
  auctionEnded,
  auctionEnding,
  auctionStarted,
  lotAdded,
  lotSettled,
  soldTo,
} from '#testing/auction-builders.js';
import { spec } from '#testing/decider-spec.js';
import { CLOSES, OPENS } from '#testing/lot-builders.js';
import { auctionDecider } from './auction-decider.js';
import type { CancelAuction } from './cancel-auction.js';

const auction = spec(auctionDecider);
const cancel: CancelAuction = { type: 'CancelAuction', at: OPENS + 5 };

describe('cancelling an auction', () => {
  it.each([
    ['before it starts', [auctionCreated()]],
    ['while it runs', [auctionCreated(), auctionStarted(), lotAdded(1)]],
    [
      'when lots were sold before',
      [auctionCreated(), auctionStarted(), lotAdded(1), lotSettled(soldTo(1, 'ann', 2_000))],
    ],
  ])('is possible %s', (_, history) => {
    auction
      .given(history)
      .when(cancel)
      .thenRecorded([auctionCancelled(OPENS + 5)]);
  });

  it('happens once', () => {
    auction
      .given([auctionCreated(), auctionCancelled(OPENS)])
      .when(cancel)
      .thenUnchanged();
  });

  it.each([
    ['is ending', [auctionEnding(CLOSES)]],
    ['has ended', [auctionEnding(CLOSES), auctionEnded(CLOSES, [])]],
  ])('is refused when the auction %s', (_, end) => {
    auction
      .given([auctionCreated(), auctionStarted(), ...end])
      .when(cancel)
      .thenRefused({ code: 'auction-ended' });
  });
});
