import { spec } from '#testing/decider-spec.js';
import {
  bidIdOf,
  bidPlaced,
  CLOSES,
  closeAtTheEnd,
  closed,
  extended,
  itemBought,
  listed,
  OPENS,
  opened,
  outOfStock,
  passed,
  sold,
  withdrawn,
} from '#testing/lot-builders.js';
import type { CloseLot } from './close-lot.js';
import { lotDecider } from './lot-decider.js';

const lot = spec(lotDecider);
const byHand: CloseLot = { type: 'CloseLot', reason: 'auctioneer', at: OPENS + 100 };
const annsBid = bidIdOf('ann', 2_000);

describe('closing by time', () => {
  it('is refused a millisecond before the end', () => {
    lot
      .given(opened())
      .when({ ...closeAtTheEnd, at: CLOSES - 1 })
      .thenRefused({ code: 'lot-not-due' });
  });

  it('is refused before the end as it was extended', () => {
    lot
      .given([...opened(), extended(CLOSES + 1, 1, 1)])
      .when(closeAtTheEnd)
      .thenRefused({ code: 'lot-not-due' });
  });

  it('is refused for a lot that has no end', () => {
    lot
      .given(opened({ closesAt: null }))
      .when(closeAtTheEnd)
      .thenRefused({ code: 'lot-not-due' });
  });

  it('closes at the end, however late that is noticed', () => {
    lot
      .given(opened())
      .when({ ...closeAtTheEnd, at: CLOSES + 9_999_999 })
      .thenRecorded([closed('time', CLOSES), passed('no-valid-bid')]);
  });
});

describe('closing by hand', () => {
  it.each(['auctioneer', 'auction-ended'] as const)('closes at once for the reason %s', (reason) => {
    lot
      .given([...opened(), bidPlaced('ann', 2_000)])
      .when({ ...byHand, reason })
      .thenRecorded([closed(reason, OPENS + 100), sold('ann', 2_000, annsBid)]);
  });

  it('of a lot that is due is a close by time, at its end', () => {
    lot
      .given(opened())
      .when({ ...byHand, at: CLOSES })
      .thenRecorded([closed('time', CLOSES), passed('no-valid-bid')]);
  });

  it('closes a lot that has no end', () => {
    lot
      .given(opened({ closesAt: null }))
      .when(byHand)
      .thenRecorded([closed('auctioneer', OPENS + 100), passed('no-valid-bid')]);
  });

  it('comes after every bid that counts, also when the clock of the closer is behind (rule S1)', () => {
    lot
      .given([...opened(), bidPlaced('ann', 2_000, { acceptedAt: OPENS + 150 })])
      .when(byHand)
      .thenRecorded([closed('auctioneer', OPENS + 151), sold('ann', 2_000, annsBid)]);
  });

  it('comes not before the opening, also when the clock of the closer is behind', () => {
    lot
      .given(opened())
      .when({ ...byHand, at: OPENS - 5 })
      .thenRecorded([closed('auctioneer', OPENS), passed('no-valid-bid')]);
  });
});

describe('the result of a close', () => {
  it('is no sale when only invalid bids were recorded', () => {
    lot
      .given([...opened(), bidPlaced('ann', 500, { outcome: 'not-highest', price: null })])
      .when(closeAtTheEnd)
      .thenRecorded([closed(), passed('no-valid-bid')]);
  });

  it('is no sale when the reserve is not met', () => {
    lot
      .given([...opened({ reserve: 2_001 }), bidPlaced('ann', 2_000)])
      .when(closeAtTheEnd)
      .thenRecorded([closed(), passed('reserve-not-met')]);
  });

  it('is a sale when the price equals the reserve', () => {
    lot
      .given([...opened({ reserve: 2_000 }), bidPlaced('ann', 2_000)])
      .when(closeAtTheEnd)
      .thenRecorded([closed(), sold('ann', 2_000, annsBid)]);
  });

  it('is the price and not the maximum under policy proxy', () => {
    lot
      .given([...opened({ bidPolicy: 'proxy' }), bidPlaced('ann', 2_000, { price: 1_000 })])
      .when(closeAtTheEnd)
      .thenRecorded([closed(), sold('ann', 1_000, annsBid)]);
  });

  it('is a sale without a single winner when units were bought at a fixed price', () => {
    lot
      .given([...opened({ buyNow: { price: 500, quantity: 2 } }), itemBought('ann', 1, 500, 1)])
      .when(closeAtTheEnd)
      .thenRecorded([closed(), sold(null, null, null)]);
  });

  it('is no sale when no unit was bought at the fixed price', () => {
    lot
      .given(opened({ buyNow: { price: 500, quantity: 2 } }))
      .when(closeAtTheEnd)
      .thenRecorded([closed(), passed('nothing-bought')]);
  });
});

describe('a lot that is over', () => {
  it.each([
    ['sold', [...opened(), bidPlaced('ann', 2_000), closed(), sold('ann', 2_000, annsBid)]],
    ['passed', [...opened(), closed(), passed('no-valid-bid')]],
    ['withdrawn', [...opened(), withdrawn()]],
    [
      'bought',
      [
        ...opened({ buyNow: { price: 500, quantity: 1 } }),
        itemBought('ann', 1, 500, 0),
        outOfStock,
        closed('bought', OPENS + 1),
        sold('ann', 500, null),
      ],
    ],
  ])('closes no second time when it was %s', (_, history) => {
    lot.given(history).when(closeAtTheEnd).thenUnchanged();
    lot.given(history).when(byHand).thenUnchanged();
  });
});

describe('a lot that has not opened', () => {
  it('cannot close', () => {
    lot.given([listed()]).when(closeAtTheEnd).thenRefused({ code: 'lot-not-open' });
    lot.given([listed()]).when(byHand).thenRefused({ code: 'lot-not-open' });
    lot.given([]).when(byHand).thenRefused({ code: 'lot-not-found' });
  });
});
