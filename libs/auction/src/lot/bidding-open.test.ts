import { spec } from '#testing/decider-spec.js';
import { bidIdOf, bidPlaced, CLOSES, closed, opened, placeBid, sold } from '#testing/lot-builders.js';
import { lotDecider } from './lot-decider.js';

const lot = spec(lotDecider);

describe('a bid under policy open', () => {
  it('leads when it is above the starting bid', () => {
    lot
      .given(opened({ startingBid: 1_000 }))
      .when(placeBid('ann', 1_001))
      .thenRecorded([bidPlaced('ann', 1_001)]);
  });

  it('is recorded but does not lead when it equals the starting bid', () => {
    lot
      .given(opened({ startingBid: 1_000 }))
      .when(placeBid('ann', 1_000))
      .thenRecorded([bidPlaced('ann', 1_000, { outcome: 'not-highest', price: null })]);
  });

  it('leads when it is one minor unit above the highest', () => {
    lot
      .given([...opened(), bidPlaced('ann', 2_000)])
      .when(placeBid('bob', 2_001))
      .thenRecorded([bidPlaced('bob', 2_001, { sequence: 2 })]);
  });

  it('is recorded but does not lead when it equals the highest', () => {
    lot
      .given([...opened(), bidPlaced('ann', 2_000)])
      .when(placeBid('bob', 2_000))
      .thenRecorded([bidPlaced('bob', 2_000, { sequence: 2, outcome: 'not-highest', price: 2_000 })]);
  });

  it('leads with the largest amount that there is', () => {
    lot
      .given([...opened(), bidPlaced('ann', 999_999_999_998)])
      .when(placeBid('bob', 999_999_999_999))
      .thenRecorded([bidPlaced('bob', 999_999_999_999, { sequence: 2 })]);
  });

  it('goes to the lower sequence when two equal amounts were stored in the other order', () => {
    lot
      .given([...opened(), bidPlaced('bob', 2_000, { sequence: 7 }), bidPlaced('ann', 2_000, { sequence: 3 })])
      .when({ type: 'CloseLot', reason: 'time', at: CLOSES })
      .thenRecorded([closed(), sold('ann', 2_000, bidIdOf('ann', 2_000))]);
  });
});
