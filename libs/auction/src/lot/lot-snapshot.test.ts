import { fold } from '#testing/decider-spec.js';
import {
  bidIdOf,
  bidPlaced,
  CLOSES,
  closed,
  itemBought,
  lotTerms,
  maximumPlaced,
  OPENS,
  ofLot,
  opened,
  sold,
} from '#testing/lot-builders.js';
import { lotDecider } from './lot-decider.js';
import { lotSnapshots } from './lot-snapshot.js';

const buyNow = { price: 5_000, quantity: 3, limitPerBuyer: 2 };

describe('the snapshot of a lot', () => {
  it.each([
    ['that is not listed', []],
    ['with bids', [...opened(), bidPlaced('ann', 2_000), bidPlaced('bob', 3_000, { sequence: 2 })]],
    ['with a hidden maximum', [...opened({ bidPolicy: 'proxy' }), maximumPlaced('ann', 2_000)]],
    ['whose buyers are counted', [...opened({ buyNow }), itemBought('ann', 2, 5_000, 1)]],
  ])('%s is read back as it was', (_, history) => {
    const lot = fold(lotDecider, history);
    expect(lotSnapshots.fromJson(JSON.parse(JSON.stringify(lotSnapshots.toJson(lot))))).toEqual(lot);
  });

  it('is of version 1 for this fold and these fields: where a lot comes out otherwise, raise the version', () => {
    const lots = [
      [
        ...opened({ bidPolicy: 'proxy', reserve: 5_000 }),
        maximumPlaced('ann', 6_000, { price: 5_000 }),
        closed(),
        sold('ann', 5_000, bidIdOf('ann', 6_000)),
      ],
      [...opened({ buyNow }), itemBought('ann', 2, 5_000, 1)],
    ].map((history) => lotSnapshots.toJson(fold(lotDecider, history)));
    const either = { ...ofLot, ordinal: 1, extendsAsGroup: false, openedAt: OPENS, closesAt: CLOSES, extensions: 0 };
    expect([lotSnapshots.version, ...lots]).toEqual([
      1,
      {
        ...either,
        phase: 'sold',
        terms: lotTerms({ bidPolicy: 'proxy', reserve: 5_000 }),
        reserve: 5_000,
        reserveMet: true,
        price: 5_000,
        leader: { bidId: bidIdOf('ann', 6_000), bidderId: 'ann', maximum: 6_000, sequence: 1 },
        lastSequence: 1,
        lastAcceptedAt: OPENS + 1,
        bidCount: 1,
        unitsSold: 0,
        boughtBy: null,
        closeReason: 'time',
        winner: { winnerId: 'ann', amount: 5_000, bidId: bidIdOf('ann', 6_000) },
      },
      {
        ...either,
        phase: 'open',
        terms: lotTerms({ buyNow }),
        reserve: null,
        reserveMet: true,
        price: null,
        leader: null,
        lastSequence: 0,
        lastAcceptedAt: null,
        bidCount: 0,
        unitsSold: 2,
        boughtBy: [['ann', 2]],
        closeReason: null,
        winner: null,
      },
    ]);
  });
});
