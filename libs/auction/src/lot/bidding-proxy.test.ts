import { spec } from '#testing/decider-spec.js';
import { bidIdOf, CLOSES, closed, maximumPlaced, opened, placeBid, sold } from '#testing/lot-builders.js';
import { lotDecider } from './lot-decider.js';

const lot = spec(lotDecider);

describe('a bid under policy proxy', () => {
  const proxy = opened({ bidPolicy: 'proxy', startingBid: 1_000 });
  const annLeads = [...proxy, maximumPlaced('ann', 3_000, { price: 1_000 })];

  it('leads from the starting bid on, which is the price', () => {
    lot
      .given(proxy)
      .when(placeBid('ann', 1_000))
      .thenRecorded([maximumPlaced('ann', 1_000, { price: 1_000 })]);
  });

  it('is recorded below the starting bid and changes nothing', () => {
    lot
      .given(proxy)
      .when(placeBid('ann', 999))
      .thenRecorded([maximumPlaced('ann', 999, { outcome: 'below-minimum', price: null })]);
  });

  it('takes any first bid when the starting bid is nothing', () => {
    lot
      .given(opened({ bidPolicy: 'proxy', startingBid: 0 }))
      .when(placeBid('ann', 1))
      .thenRecorded([maximumPlaced('ann', 1, { price: 0 })]);
  });

  it('is recorded below price and increment and changes nothing', () => {
    lot
      .given(annLeads)
      .when(placeBid('bob', 1_049))
      .thenRecorded([maximumPlaced('bob', 1_049, { sequence: 2, outcome: 'below-minimum', price: 1_000 })]);
  });

  it('is outbid by a higher maximum, and raises the price by an increment above itself', () => {
    lot
      .given(annLeads)
      .when(placeBid('bob', 1_050))
      .thenRecorded([maximumPlaced('bob', 1_050, { sequence: 2, outcome: 'outbid', price: 1_100 })]);
  });

  it('is outbid by an equal maximum, which becomes the price', () => {
    lot
      .given(annLeads)
      .when(placeBid('bob', 3_000))
      .thenRecorded([maximumPlaced('bob', 3_000, { sequence: 2, outcome: 'outbid', price: 3_000 })]);
  });

  it('takes the lead above the maximum, an increment above it', () => {
    lot
      .given(annLeads)
      .when(placeBid('bob', 5_000))
      .thenRecorded([maximumPlaced('bob', 5_000, { sequence: 2, price: 3_100 })]);
  });

  it('takes the lead for its own maximum when that is less than an increment above', () => {
    lot
      .given(annLeads)
      .when(placeBid('bob', 3_001))
      .thenRecorded([maximumPlaced('bob', 3_001, { sequence: 2, price: 3_001 })]);
  });

  it('of the leader raises the maximum and not the price', () => {
    lot
      .given(annLeads)
      .when(placeBid('ann', 3_001))
      .thenRecorded([maximumPlaced('ann', 3_001, { sequence: 2, outcome: 'maximum-raised', price: 1_000 })]);
  });

  it.each([2_999, 3_000])('of the leader at %d, not above their maximum, changes nothing', (amount) => {
    lot
      .given(annLeads)
      .when(placeBid('ann', amount))
      .thenRecorded([maximumPlaced('ann', amount, { sequence: 2, outcome: 'own-maximum-not-raised', price: 1_000 })]);
  });

  it('leaves the win with the bid that took the lead when its bidder raises the maximum', () => {
    lot
      .given([...annLeads, maximumPlaced('ann', 4_000, { sequence: 2, outcome: 'maximum-raised', price: 1_000 })])
      .when({ type: 'CloseLot', reason: 'time', at: CLOSES })
      .thenRecorded([closed(), sold('ann', 1_000, bidIdOf('ann', 3_000))]);
  });
});
