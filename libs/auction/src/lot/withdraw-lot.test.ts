import { spec } from '#testing/decider-spec.js';
import { bidPlaced, CLOSES, closed, listed, OPENS, opened, passed, withdrawn } from '#testing/lot-builders.js';
import { lotDecider } from './lot-decider.js';
import type { WithdrawLot } from './withdraw-lot.js';

const lot = spec(lotDecider);
const withdraw: WithdrawLot = { type: 'WithdrawLot', at: OPENS + 100 };

describe('withdrawing a lot', () => {
  it.each([
    ['before it opens', [listed()]],
    ['while it is open, bids or not', [...opened(), bidPlaced('ann', 2_000)]],
    ['that has no end', opened({ closesAt: null })],
  ])('takes it out %s', (_, history) => {
    lot
      .given(history)
      .when(withdraw)
      .thenRecorded([withdrawn(OPENS + 100)]);
  });

  it('takes it out until a millisecond before the end', () => {
    lot
      .given(opened())
      .when({ ...withdraw, at: CLOSES - 1 })
      .thenRecorded([withdrawn(CLOSES - 1)]);
  });

  it('is refused when the lot is due, so that its winner keeps it', () => {
    lot
      .given(opened())
      .when({ ...withdraw, at: CLOSES })
      .thenRefused({ code: 'lot-closed' });
  });

  it('takes out a lot that never opened, also behind its end', () => {
    lot
      .given([listed()])
      .when({ ...withdraw, at: CLOSES })
      .thenRecorded([withdrawn(CLOSES)]);
  });

  it('is refused after the close', () => {
    lot
      .given([...opened(), closed(), passed('no-valid-bid')])
      .when(withdraw)
      .thenRefused({ code: 'lot-closed' });
  });

  it('happens once', () => {
    lot
      .given([...opened(), withdrawn()])
      .when(withdraw)
      .thenUnchanged();
  });

  it('needs a listed lot', () => {
    lot.given([]).when(withdraw).thenRefused({ code: 'lot-not-found' });
  });
});
