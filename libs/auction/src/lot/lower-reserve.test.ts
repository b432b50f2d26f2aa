import type { LotEvent } from '#contracts/events/lot-events.js';
import { spec } from '#testing/decider-spec.js';
import {
  bidIdOf,
  bidPlaced,
  CLOSES,
  closeAtTheEnd,
  closed,
  listed,
  maximumPlaced,
  OPENS,
  ofLot,
  opened,
  passed,
  placeBid,
  sold,
  withdrawn,
} from '#testing/lot-builders.js';
import { lotDecider } from './lot-decider.js';
import type { LowerReserve } from './lower-reserve.js';

const lot = spec(lotDecider);
const lower = (reserve: number, at = OPENS + 2): LowerReserve => ({ type: 'LowerReserve', reserve, at });
const lowered = (reserve: number): LotEvent => ({ type: 'ReserveLowered', data: { ...ofLot, reserve } });
const reserved = opened({ reserve: 5_000 });

describe('lowering the reserve', () => {
  it.each([
    ['before the lot opens', [listed({ reserve: 5_000 })]],
    ['while the lot is open', reserved],
    ['while bids have not met it', [...reserved, bidPlaced('ann', 4_999)]],
    ['of a lot that has no end', opened({ reserve: 5_000, closesAt: null })],
  ])('is possible %s', (_, history) => {
    lot
      .given(history)
      .when(lower(4_000))
      .thenRecorded([lowered(4_000)]);
  });

  it('is possible again, below the last', () => {
    lot
      .given([...reserved, lowered(4_000)])
      .when(lower(3_999))
      .thenRecorded([lowered(3_999)]);
  });

  it('changes nothing when it is as low already', () => {
    lot
      .given([...reserved, lowered(4_000)])
      .when(lower(4_000))
      .thenUnchanged();
  });

  it('is refused when it would raise it', () => {
    lot
      .given([...reserved, lowered(4_000)])
      .when(lower(4_001))
      .thenRefused({ code: 'reserve-not-lowered' });
  });

  it('is refused without a reserve', () => {
    lot.given(opened()).when(lower(4_000)).thenRefused({ code: 'no-reserve' });
  });

  it('is refused once it is met', () => {
    lot
      .given([...reserved, bidPlaced('ann', 5_000)])
      .when(lower(4_000))
      .thenRefused({ code: 'reserve-already-met' });
  });

  it('is refused at the end, after the close and after a withdrawal', () => {
    lot.given(reserved).when(lower(4_000, CLOSES)).thenRefused({ code: 'lot-closed' });
    lot
      .given([...reserved, closed(), passed('no-valid-bid')])
      .when(lower(4_000))
      .thenRefused({ code: 'lot-closed' });
    lot
      .given([...reserved, withdrawn()])
      .when(lower(4_000))
      .thenRefused({ code: 'lot-closed' });
  });

  it('needs a listed lot', () => {
    lot.given([]).when(lower(4_000)).thenRefused({ code: 'lot-not-found' });
  });
});

describe('a lowered reserve', () => {
  const overtaken = [...reserved, bidPlaced('ann', 4_500), lowered(4_000)];

  it('makes no winner of the bid that stands above it', () => {
    lot
      .given(overtaken)
      .when(closeAtTheEnd)
      .thenRecorded([closed(), passed('reserve-not-met')]);
  });

  it('makes no winner by a bid that changes nothing', () => {
    lot
      .given([...overtaken, bidPlaced('bob', 4_400, { sequence: 2, outcome: 'not-highest', price: 4_500 })])
      .when(closeAtTheEnd)
      .thenRecorded([closed(), passed('reserve-not-met')]);
  });

  it.each([
    ['below the minimum', 'bob', 1_049, 'below-minimum'],
    ['not above the own maximum', 'ann', 4_500, 'own-maximum-not-raised'],
  ] as const)('makes no winner under proxy by a bid %s', (_, bidder, amount, outcome) => {
    lot
      .given([
        ...opened({ bidPolicy: 'proxy', reserve: 5_000 }),
        maximumPlaced('ann', 4_500, { price: 1_000 }),
        lowered(900),
        maximumPlaced(bidder, amount, { sequence: 2, outcome, price: 1_000 }),
      ])
      .when(closeAtTheEnd)
      .thenRecorded([closed(), passed('reserve-not-met')]);
  });

  it('is met by a new bid that leads', () => {
    lot
      .given([...overtaken, bidPlaced('bob', 4_600, { sequence: 2 })])
      .when(closeAtTheEnd)
      .thenRecorded([closed(), sold('bob', 4_600, bidIdOf('bob', 4_600))]);
  });

  it('is met under proxy by a new bid of a rival that lifts the price to it', () => {
    lot
      .given([
        ...opened({ bidPolicy: 'proxy', reserve: 5_000 }),
        maximumPlaced('ann', 4_500, { price: 1_000 }),
        lowered(4_000),
      ])
      .when(placeBid('bob', 2_000))
      .thenRecorded([maximumPlaced('bob', 2_000, { sequence: 2, outcome: 'outbid', price: 4_000 })]);
  });
});
