import { fold } from '#testing/decider-spec.js';
import { bidPlaced, itemBought, maximumPlaced, opened } from '#testing/lot-builders.js';
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

  it('has the fields of version 1: with any other ones raise the version', () => {
    const lot = fold(lotDecider, opened());
    expect([lotSnapshots.version, Object.keys(lot).sort()]).toEqual([
      1,
      [
        'auctionId',
        'bidCount',
        'boughtBy',
        'closeReason',
        'closesAt',
        'extendsAsGroup',
        'extensions',
        'lastAcceptedAt',
        'lastSequence',
        'leader',
        'lotId',
        'openedAt',
        'ordinal',
        'phase',
        'price',
        'reserve',
        'reserveMet',
        'terms',
        'unitsSold',
        'winner',
      ],
    ]);
  });
});
