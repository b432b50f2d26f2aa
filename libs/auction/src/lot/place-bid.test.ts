import type { LotEvent } from '#contracts/events/lot-events.js';
import { spec } from '#testing/decider-spec.js';
import {
  bidIdOf,
  bidPlaced,
  CLOSES,
  closed,
  itemBought,
  listed,
  OPENS,
  ofLot,
  opened,
  outOfStock,
  passed,
  placeBid,
  sold,
  withdrawn,
} from '#testing/lot-builders.js';
import { lotDecider } from './lot-decider.js';

const lot = spec(lotDecider);
const late = (bidderId: string, amount: number, acceptedAt: number, closedAt = CLOSES): LotEvent => ({
  type: 'BidArrivedLate',
  data: { ...ofLot, bidId: bidIdOf(bidderId, amount), bidderId, amount, acceptedAt, closedAt },
});

describe('the sequence of a bid', () => {
  const twoBids = [...opened(), bidPlaced('ann', 2_000), bidPlaced('bob', 3_000, { sequence: 5 })];

  it('is the one that was drawn', () => {
    lot
      .given(twoBids)
      .when({ ...placeBid('ann', 4_000), sequence: 9 })
      .thenRecorded([bidPlaced('ann', 4_000, { sequence: 9 })]);
  });

  it.each([1, 5])('is never one that is taken or below the last, such as %d', (drawn) => {
    lot
      .given(twoBids)
      .when({ ...placeBid('ann', 4_000), sequence: drawn })
      .thenRecorded([bidPlaced('ann', 4_000, { sequence: 6 })]);
  });
});

describe('the moment of a bid', () => {
  it.each([
    ['at the start', OPENS],
    ['a millisecond before the end', CLOSES - 1],
  ])('counts %s', (_, acceptedAt) => {
    lot
      .given(opened())
      .when(placeBid('ann', 2_000, acceptedAt))
      .thenRecorded([bidPlaced('ann', 2_000, { acceptedAt })]);
  });

  it('has no end on a lot that is closed by hand', () => {
    const acceptedAt = CLOSES * 2;
    lot
      .given(opened({ closesAt: null }))
      .when(placeBid('ann', 2_000, acceptedAt))
      .thenRecorded([bidPlaced('ann', 2_000, { acceptedAt })]);
  });

  it('is too early before the start', () => {
    lot
      .given(opened())
      .when(placeBid('ann', 2_000, OPENS - 1))
      .thenRefused({ code: 'lot-not-open' });
  });

  it('is too late at the end, although nobody has closed the lot yet', () => {
    lot
      .given(opened())
      .when(placeBid('ann', 2_000, CLOSES))
      .thenRefused({ code: 'lot-closed' });
  });
});

describe('a bid that is stored behind LotClosed', () => {
  const over = [...opened(), bidPlaced('ann', 2_000), closed(), sold('ann', 2_000, bidIdOf('ann', 2_000))];

  it.each([OPENS, CLOSES - 1])('is put on record as late when it was accepted in time, at %d', (acceptedAt) => {
    lot
      .given(over)
      .when(placeBid('bob', 9_000, acceptedAt))
      .thenRecorded([late('bob', 9_000, acceptedAt)]);
  });

  it('wins nothing, and others may be late too', () => {
    lot
      .given([...over, late('bob', 9_000, CLOSES - 2)])
      .when(placeBid('cat', 9_500, CLOSES - 1))
      .thenRecorded([late('cat', 9_500, CLOSES - 1)]);
  });

  it.each([
    ['at the end', CLOSES],
    ['before the start', OPENS - 1],
  ])('is refused when it was accepted %s', (_, acceptedAt) => {
    lot
      .given(over)
      .when(placeBid('bob', 9_000, acceptedAt))
      .thenRefused({ code: 'lot-closed' });
  });

  it('is measured by the close of the auctioneer when that came before the end', () => {
    const early = OPENS + 500;
    const history = [...opened(), closed('auctioneer', early), passed('no-valid-bid')];
    lot
      .given(history)
      .when(placeBid('bob', 9_000, early - 1))
      .thenRecorded([late('bob', 9_000, early - 1, early)]);
    lot
      .given(history)
      .when(placeBid('bob', 9_000, early))
      .thenRefused({ code: 'lot-closed' });
  });

  it('is put on record when a purchase closed the lot', () => {
    const bought = OPENS + 500;
    lot
      .given([
        ...opened({ buyNow: { price: 5_000, quantity: 1 } }),
        itemBought('ann', 1, 5_000, 0),
        outOfStock,
        closed('bought', bought),
        sold('ann', 5_000, null),
      ])
      .when(placeBid('bob', 9_000, bought - 1))
      .thenRecorded([late('bob', 9_000, bought - 1, bought)]);
  });
});

describe('a bid that was acknowledged while the store was away', () => {
  const taken = (bidderId: string, amount: number, acceptedAt?: number) => ({
    ...placeBid(bidderId, amount, acceptedAt),
    acknowledged: true,
  });

  it('counts like any other while the lot is open, at the time at which it was accepted', () => {
    lot
      .given([...opened(), bidPlaced('ann', 2_000, { acceptedAt: OPENS + 9 })])
      .when(taken('bob', 3_000, OPENS + 5))
      .thenRecorded([bidPlaced('bob', 3_000, { sequence: 2, acceptedAt: OPENS + 5 })]);
  });

  it.each([
    ['before the close', OPENS + 499],
    ['behind a close that nobody could see', OPENS + 700],
  ])('is late on a lot that was closed early, accepted %s', (_, acceptedAt) => {
    const early = OPENS + 500;
    lot
      .given([...opened(), closed('auctioneer', early), passed('no-valid-bid')])
      .when(taken('bob', 9_000, acceptedAt))
      .thenRecorded([late('bob', 9_000, acceptedAt, early)]);
  });

  it.each([
    ['before', OPENS + 4],
    ['behind', OPENS + 6],
  ])('is late on a lot that was withdrawn, accepted %s that', (_, acceptedAt) => {
    lot
      .given([...opened(), withdrawn(OPENS + 5)])
      .when(taken('bob', 9_000, acceptedAt))
      .thenRecorded([late('bob', 9_000, acceptedAt, OPENS + 5)]);
  });

  it('is late behind the end of a lot that nobody has closed yet', () => {
    lot
      .given(opened())
      .when(taken('bob', 9_000, CLOSES))
      .thenRecorded([late('bob', 9_000, CLOSES)]);
  });

  it.each([
    ['was never listed', [], 'lot-not-found'],
    ['never opened', [listed()], 'lot-not-open'],
    ['takes no bids', opened({ buyNow: { price: 5_000, quantity: 2 } }), 'bidding-not-offered'],
  ] as const)('is refused on a lot that %s', (_, history, code) => {
    lot
      .given([...history])
      .when(taken('bob', 9_000))
      .thenRefused({ code });
  });
});

describe('a bid is refused', () => {
  it('on a lot that nobody listed', () => {
    lot.given([]).when(placeBid('ann', 2_000)).thenRefused({ code: 'lot-not-found' });
  });

  it('before the auction starts', () => {
    lot.given([listed()]).when(placeBid('ann', 2_000)).thenRefused({ code: 'lot-not-open' });
  });

  it.each([
    ['opened', opened()],
    ['only listed', [listed()]],
  ])('on a lot that was withdrawn after it was %s', (_, history) => {
    lot
      .given([...history, withdrawn(OPENS + 5)])
      .when(placeBid('ann', 2_000))
      .thenRefused({ code: 'lot-closed' });
  });

  it('on a lot of several units at a fixed price', () => {
    lot
      .given(opened({ buyNow: { price: 5_000, quantity: 2 } }))
      .when(placeBid('ann', 6_000))
      .thenRefused({ code: 'bidding-not-offered' });
  });
});
