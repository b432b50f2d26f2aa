import { spec } from '#testing/decider-spec.js';
import { CLOSES, closed, listed, OPENS, ofLot, opened, passed, withdrawn } from '#testing/lot-builders.js';
import { lotDecider } from './lot-decider.js';
import type { OpenLot } from './open-lot.js';

const lot = spec(lotDecider);
const openLot: OpenLot = { type: 'OpenLot', at: OPENS };

describe('opening a lot', () => {
  it('takes its end from its terms', () => {
    lot
      .given([listed()])
      .when(openLot)
      .thenRecorded([{ type: 'LotOpened', data: { ...ofLot, openedAt: OPENS, closesAt: CLOSES } }]);
  });

  it('leaves the end open for a lot that is closed by hand', () => {
    lot
      .given([listed({ closesAt: null })])
      .when(openLot)
      .thenRecorded([{ type: 'LotOpened', data: { ...ofLot, openedAt: OPENS, closesAt: null } }]);
  });

  it.each([
    ['open', opened()],
    ['closed', [...opened(), closed(), passed('no-valid-bid')]],
    ['withdrawn', [listed(), withdrawn()]],
  ])('changes nothing when the lot is %s already', (_, history) => {
    lot.given(history).when(openLot).thenUnchanged();
  });

  it('needs a listed lot', () => {
    lot.given([]).when(openLot).thenRefused({ code: 'lot-not-found' });
  });
});
