import { spec } from '#testing/decider-spec.js';
import { auctionId, listed, lotId, lotTerms, withdrawn } from '#testing/lot-builders.js';
import type { ListLot } from './list-lot.js';
import { lotDecider } from './lot-decider.js';

const lot = spec(lotDecider);
const listLot: ListLot = { type: 'ListLot', lotId, auctionId, ordinal: 1, terms: lotTerms(), extendsAsGroup: false };

describe('listing a lot', () => {
  it('freezes its terms', () => {
    lot.given([]).when(listLot).thenRecorded([listed()]);
  });

  it('happens once', () => {
    lot.given([listed()]).when(listLot).thenUnchanged();
  });

  it('does not bring a withdrawn lot back', () => {
    lot.given([listed(), withdrawn()]).when(listLot).thenUnchanged();
  });
});

describe('a stream that does not begin with LotListed', () => {
  it('is no stream of Gavel: folding it throws', () => {
    expect(() => lotDecider.evolve(lotDecider.initial, withdrawn())).toThrow('LotWithdrawn stands before LotListed');
  });
});
