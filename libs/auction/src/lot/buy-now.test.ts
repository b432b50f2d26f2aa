import type { EventOf } from '#contracts/events/define-event.js';
import type { ItemBought } from '#contracts/events/lot-events.js';
import type { BuyNowPolicy, LotTerms } from '#contracts/terms.js';
import { spec } from '#testing/decider-spec.js';
import {
  bidPlaced,
  buyNow,
  CLOSES,
  closed,
  itemBought,
  listed,
  OPENS,
  opened,
  outOfStock,
  passed,
  sold,
  withdrawn,
} from '#testing/lot-builders.js';
import { lotDecider } from './lot-decider.js';

const lot = spec(lotDecider);

describe('buying now beside bidding', () => {
  const offer = (policy?: BuyNowPolicy, terms: Partial<LotTerms> = {}) =>
    opened({ buyNow: { price: 5_000, quantity: 1, ...(policy && { policy }) }, ...terms });
  const bought = [itemBought('ann', 1, 5_000, 0), outOfStock, closed('bought', OPENS + 1), sold('ann', 5_000, null)];

  it('closes the lot in the same append', () => {
    lot.given(offer()).when(buyNow('ann')).thenRecorded(bought);
  });

  it('voids a hidden maximum above the price', () => {
    lot
      .given([...offer('until-price-exceeds', { bidPolicy: 'proxy' }), bidPlaced('bob', 9_000, { price: 1_000 })])
      .when(buyNow('ann'))
      .thenRecorded(bought);
  });

  it('is refused for more than the one unit', () => {
    lot.given(offer()).when(buyNow('ann', 2)).thenRefused({ code: 'insufficient-stock', available: 1 });
  });

  it('is sold out after it', () => {
    lot
      .given([...offer(), ...bought])
      .when(buyNow('bob'))
      .thenRefused({ code: 'sold-out' });
  });

  it('needs no reserve to be met', () => {
    lot
      .given(offer('until-reserve-met', { reserve: 9_000 }))
      .when(buyNow('ann'))
      .thenRecorded(bought);
  });

  it.each([
    ['until-first-bid', 'the first valid bid', bidPlaced('bob', 1_001)],
    ['until-reserve-met', 'the bid that meets the reserve', bidPlaced('bob', 3_000)],
    ['until-price-exceeds', 'the bid above the price', bidPlaced('bob', 5_001)],
  ] as const)('ends under %s with %s', (policy, _, ending) => {
    lot
      .given([...offer(policy, { reserve: 3_000 }), ending])
      .when(buyNow('ann'))
      .thenRefused({ code: 'buy-now-ended' });
  });

  it.each([
    [
      'until-first-bid',
      'a bid that is not above the starting bid',
      bidPlaced('bob', 1_000, { outcome: 'not-highest', price: null }),
    ],
    ['until-reserve-met', 'a bid below the reserve', bidPlaced('bob', 2_999)],
    ['until-price-exceeds', 'a bid at the price', bidPlaced('bob', 5_000)],
  ] as const)('goes on under %s after %s', (policy, _, bid) => {
    lot
      .given([...offer(policy, { reserve: 3_000 }), bid])
      .when(buyNow('ann'))
      .thenRecorded(bought);
  });

  it('ends with the first bid under until-reserve-met when there is no reserve, and not before', () => {
    lot.given(offer('until-reserve-met')).when(buyNow('ann')).thenRecorded(bought);
    lot
      .given([...offer('until-reserve-met'), bidPlaced('bob', 1_001)])
      .when(buyNow('ann'))
      .thenRefused({ code: 'buy-now-ended' });
  });

  it('ends with the first bid when the offer names no policy', () => {
    lot
      .given([...offer(), bidPlaced('bob', 1_001)])
      .when(buyNow('ann'))
      .thenRefused({ code: 'buy-now-ended' });
  });
});

describe('buying several units at a fixed price', () => {
  const threeUnits = (limitPerBuyer?: number) =>
    opened({ buyNow: { price: 500, quantity: 3, ...(limitPerBuyer && { limitPerBuyer }) } });

  it('leaves the others to the next buyer', () => {
    lot
      .given(threeUnits())
      .when(buyNow('ann', 2))
      .thenRecorded([itemBought('ann', 2, 500, 1)]);
  });

  it('says that the last unit is gone, and leaves the close to its time', () => {
    lot
      .given([...threeUnits(), itemBought('ann', 2, 500, 1)])
      .when(buyNow('bob'))
      .thenRecorded([itemBought('bob', 1, 500, 0), outOfStock]);
  });

  it('is all or nothing', () => {
    lot
      .given([...threeUnits(), itemBought('ann', 1, 500, 2)])
      .when(buyNow('bob', 3))
      .thenRefused({ code: 'insufficient-stock', available: 2 });
  });

  it('is sold out when nothing is left, whatever else is wrong', () => {
    const soldOut = [...threeUnits(), itemBought('ann', 3, 500, 0), outOfStock];
    lot.given(soldOut).when(buyNow('bob')).thenRefused({ code: 'sold-out' });
    lot
      .given(soldOut)
      .when(buyNow('bob', 1, CLOSES))
      .thenRefused({ code: 'sold-out' });
    lot
      .given([...soldOut, closed(), sold(null, null, null)])
      .when(buyNow('bob'))
      .thenRefused({ code: 'sold-out' });
  });

  it('stops at the limit of a buyer, over all their purchases', () => {
    const history = [...threeUnits(2), itemBought('ann', 1, 500, 2)];
    lot.given(history).when(buyNow('ann', 2)).thenRefused({ code: 'purchase-limit-exceeded', limit: 2 });
    lot
      .given(history)
      .when(buyNow('ann', 1))
      .thenRecorded([itemBought('ann', 1, 500, 1)]);
    lot
      .given(history)
      .when(buyNow('bob', 2))
      .thenRecorded([itemBought('bob', 2, 500, 0), outOfStock]);
  });
});

describe('buying now is refused', () => {
  const offered = { buyNow: { price: 500, quantity: 2 } };

  it('on a lot that does not offer it', () => {
    lot.given(opened()).when(buyNow('ann')).thenRefused({ code: 'buy-now-not-offered' });
  });

  it('on a lot that nobody listed', () => {
    lot.given([]).when(buyNow('ann')).thenRefused({ code: 'lot-not-found' });
  });

  it('before the lot opens', () => {
    lot
      .given([listed(offered)])
      .when(buyNow('ann'))
      .thenRefused({ code: 'lot-not-open' });
    lot
      .given(opened(offered))
      .when(buyNow('ann', 1, OPENS - 1))
      .thenRefused({ code: 'lot-not-open' });
  });

  it('at the end, although nobody has closed the lot yet', () => {
    lot
      .given(opened(offered))
      .when(buyNow('ann', 1, CLOSES))
      .thenRefused({ code: 'lot-closed' });
  });

  it.each([
    ['closed', [closed(), passed('nothing-bought')]],
    ['withdrawn', [withdrawn()]],
  ])('when the lot was %s', (_, end) => {
    lot
      .given([...opened(offered), ...end])
      .when(buyNow('ann'))
      .thenRefused({ code: 'lot-closed' });
  });
});

describe('the moment of a purchase', () => {
  const boughtOne = itemBought('ann', 1, 500, 1).data as EventOf<typeof ItemBought>['data'];

  it('may be the very start', () => {
    lot
      .given(opened({ buyNow: { price: 500, quantity: 2 } }))
      .when(buyNow('ann', 1, OPENS))
      .thenRecorded([{ type: 'ItemBought', data: { ...boughtOne, boughtAt: OPENS } }]);
  });

  it('has no end on a lot that is closed by hand', () => {
    const at = CLOSES * 2;
    lot
      .given(opened({ buyNow: { price: 500, quantity: 2 }, closesAt: null }))
      .when(buyNow('ann', 1, at))
      .thenRecorded([{ type: 'ItemBought', data: { ...boughtOne, boughtAt: at } }]);
  });
});
