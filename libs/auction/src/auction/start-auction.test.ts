import {
  auctionCancelled,
  auctionCreated,
  auctionEnded,
  auctionEnding,
  auctionStarted,
  lotAdded,
} from '#testing/auction-builders.js';
import { spec } from '#testing/decider-spec.js';
import { CLOSES, OPENS } from '#testing/lot-builders.js';
import { auctionDecider } from './auction-decider.js';
import type { StartAuction } from './start-auction.js';

const auction = spec(auctionDecider);
const start: StartAuction = { type: 'StartAuction', at: OPENS };

describe('starting an auction', () => {
  it.each([
    ['with lots', [lotAdded(1)]],
    ['before it has lots', []],
  ])('is possible %s', (_, lots) => {
    auction
      .given([auctionCreated(), ...lots])
      .when(start)
      .thenRecorded([auctionStarted(OPENS)]);
  });

  it('happens once', () => {
    auction
      .given([auctionCreated(), auctionStarted(OPENS - 1)])
      .when(start)
      .thenUnchanged();
  });

  it.each([
    ['cancelled', [auctionCancelled(OPENS)], 'auction-cancelled'],
    ['ending', [auctionStarted(), auctionEnding(CLOSES)], 'auction-ended'],
    ['ended', [auctionStarted(), auctionEnding(CLOSES), auctionEnded(CLOSES, [])], 'auction-ended'],
  ] as const)('is refused when the auction is %s', (_, later, code) => {
    auction
      .given([auctionCreated(), ...later])
      .when(start)
      .thenRefused({ code });
  });
});
