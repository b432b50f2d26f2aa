import { spec } from '#testing/decider-spec.js';
import { CLOSES, closed, extended, listed, opened, passed, withdrawn } from '#testing/lot-builders.js';
import type { ExtendWithGroup } from './extend-with-group.js';
import { lotDecider } from './lot-decider.js';

const lot = spec(lotDecider);
const GROUP = true;
const extend: ExtendWithGroup = { type: 'ExtendWithGroup', byMs: 30_000, at: CLOSES - 1 };

describe('an extension of another lot of the group', () => {
  it('moves the end as far, and does not count against the limit of this lot', () => {
    lot
      .given(opened({}, GROUP))
      .when(extend)
      .thenRecorded([extended(CLOSES + 30_000, 30_000, 0, 'group')]);
  });

  it('adds to the extensions of this lot', () => {
    lot
      .given([...opened({}, GROUP), extended(CLOSES + 5_000, 5_000, 1)])
      .when(extend)
      .thenRecorded([extended(CLOSES + 35_000, 30_000, 1, 'group')]);
  });

  it.each([
    ['is in no group', opened()],
    ['has not opened', [listed({}, GROUP)]],
    ['has no end', opened({ closesAt: null }, GROUP)],
    ['has closed', [...opened({}, GROUP), closed(), passed('no-valid-bid')]],
    ['was withdrawn', [...opened({}, GROUP), withdrawn()]],
  ])('does not move a lot that %s', (_, history) => {
    lot.given(history).when(extend).thenUnchanged();
  });

  it('does not reopen a lot that is due', () => {
    lot
      .given(opened({}, GROUP))
      .when({ ...extend, at: CLOSES })
      .thenUnchanged();
  });

  it.each([0, -1])('does not move the end by %d ms', (byMs) => {
    lot
      .given(opened({}, GROUP))
      .when({ ...extend, byMs })
      .thenUnchanged();
  });

  it('needs a listed lot', () => {
    lot.given([]).when(extend).thenRefused({ code: 'lot-not-found' });
  });
});
