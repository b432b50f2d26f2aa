import {
  addLot,
  auctionCancelled,
  auctionCreated,
  auctionStarted,
  CREATED,
  createAuction,
} from '#testing/auction-builders.js';
import { spec } from '#testing/decider-spec.js';
import { OPENS } from '#testing/lot-builders.js';
import { auctionDecider } from './auction-decider.js';

const auction = spec(auctionDecider);

describe('creating an auction', () => {
  it('records what was asked for and when', () => {
    const stagger = { stepSeconds: 60, group: true };
    auction
      .given([])
      .when(createAuction({ opensAt: OPENS, stagger }))
      .thenRecorded([auctionCreated({ opensAt: OPENS, stagger })]);
  });

  it.each(['opensAt', 'closesAt'] as const)('takes %s from the next millisecond on, and no earlier one', (field) => {
    auction
      .given([])
      .when(createAuction({ [field]: CREATED }))
      .thenRefused({ code: 'time-passed', field });
    auction
      .given([])
      .when(createAuction({ [field]: CREATED + 1 }))
      .thenRecorded([auctionCreated({ [field]: CREATED + 1 })]);
  });

  it.each([
    ['', []],
    [' and started', [auctionStarted()]],
    [' and cancelled', [auctionCancelled(OPENS)]],
  ])('changes nothing when it was created%s already', (_, later) => {
    auction
      .given([auctionCreated(), ...later])
      .when(createAuction())
      .thenUnchanged();
  });
});

describe('an auction that nobody created', () => {
  it.each([
    addLot(1),
    { type: 'StartAuction', at: OPENS },
    { type: 'EndAuction', reason: 'auctioneer', at: OPENS },
    { type: 'CancelAuction', at: OPENS },
    { type: 'SettleLot', result: { lotId: '', state: 'passed', winnerId: null, amount: null, bidId: null }, at: OPENS },
  ] as const)('refuses $type', (command) => {
    auction.given([]).when(command).thenRefused({ code: 'auction-not-found' });
  });

  it('has no stream: folding one throws', () => {
    const evolve = () => auctionDecider.evolve(auctionDecider.initial, auctionStarted());
    expect(evolve).toThrow('AuctionStarted stands before AuctionCreated');
  });
});
