import type { LotEvent } from '#contracts/events/lot-events.js';
import type { LotTerms } from '#contracts/terms.js';
import { spec } from '#testing/decider-spec.js';
import { bidPlaced, CLOSES, extended, maximumPlaced, ofLot, opened, placeBid } from '#testing/lot-builders.js';
import { lotDecider } from './lot-decider.js';

const lot = spec(lotDecider);
const softClose = { windowSeconds: 60, extensionSeconds: 90 };
const soft = (terms: Partial<LotTerms> = {}) => opened({ softClose, ...terms });
/** The first extension of the lot. */
const extendedTo = (closesAt: number): LotEvent => extended(closesAt, closesAt - CLOSES, 1);
const atTheWindow = CLOSES - 60_000;

describe('soft close', () => {
  it('moves the end to an extension after a bid that stands exactly at the window', () => {
    lot
      .given(soft())
      .when(placeBid('ann', 2_000, atTheWindow))
      .thenRecorded([bidPlaced('ann', 2_000, { acceptedAt: atTheWindow }), extendedTo(atTheWindow + 90_000)]);
  });

  it('leaves the end a millisecond before the window', () => {
    lot
      .given(soft())
      .when(placeBid('ann', 2_000, atTheWindow - 1))
      .thenRecorded([bidPlaced('ann', 2_000, { acceptedAt: atTheWindow - 1 })]);
  });

  it('measures the window from the end as it was extended', () => {
    const acceptedAt = CLOSES + 10;
    lot
      .given([...soft(), bidPlaced('ann', 2_000), extendedTo(CLOSES + 30_000)])
      .when(placeBid('bob', 3_000, acceptedAt))
      .thenRecorded([bidPlaced('bob', 3_000, { sequence: 2, acceptedAt }), extended(acceptedAt + 90_000, 60_010, 2)]);
  });

  it('never moves the end earlier', () => {
    const short = { windowSeconds: 60, extensionSeconds: 10 };
    lot
      .given(soft({ softClose: short }))
      .when(placeBid('ann', 2_000, CLOSES - 10_000))
      .thenRecorded([bidPlaced('ann', 2_000, { acceptedAt: CLOSES - 10_000 })]);
    lot
      .given(soft({ softClose: short }))
      .when(placeBid('ann', 2_000, CLOSES - 9_999))
      .thenRecorded([bidPlaced('ann', 2_000, { acceptedAt: CLOSES - 9_999 }), extendedTo(CLOSES + 1)]);
  });

  it('stops at the limit of extensions', () => {
    const limited = soft({ softClose: { ...softClose, maxExtensions: 1 } });
    const acceptedAt = CLOSES - 1;
    lot
      .given(limited)
      .when(placeBid('ann', 2_000, acceptedAt))
      .thenRecorded([bidPlaced('ann', 2_000, { acceptedAt }), extendedTo(acceptedAt + 90_000)]);
    lot
      .given([...limited, bidPlaced('ann', 2_000), extendedTo(CLOSES + 1)])
      .when(placeBid('bob', 3_000, acceptedAt))
      .thenRecorded([bidPlaced('bob', 3_000, { sequence: 2, acceptedAt })]);
  });

  it('has nothing to extend on a lot that is closed by hand', () => {
    lot
      .given(soft({ closesAt: null }))
      .when(placeBid('ann', 2_000))
      .thenRecorded([bidPlaced('ann', 2_000)]);
  });

  it('is not for lots that do not offer it', () => {
    lot
      .given(opened())
      .when(placeBid('ann', 2_000, CLOSES - 1))
      .thenRecorded([bidPlaced('ann', 2_000, { acceptedAt: CLOSES - 1 })]);
  });

  it('ignores a bid that is not the highest', () => {
    const bid = { sequence: 2, acceptedAt: CLOSES - 1, outcome: 'not-highest', price: 2_000 } as const;
    lot
      .given([...soft(), bidPlaced('ann', 2_000)])
      .when(placeBid('bob', 1_500, CLOSES - 1))
      .thenRecorded([bidPlaced('bob', 1_500, bid)]);
  });
});

describe('soft close under policy proxy', () => {
  const annLeads = [...soft({ bidPolicy: 'proxy', reserve: 8_000 }), maximumPlaced('ann', 3_000, { price: 1_000 })];
  const acceptedAt = CLOSES - 1;
  const last = { sequence: 2, acceptedAt };

  it('extends when a bid that is outbid raises the price', () => {
    lot
      .given(annLeads)
      .when(placeBid('bob', 2_000, acceptedAt))
      .thenRecorded([
        maximumPlaced('bob', 2_000, { ...last, outcome: 'outbid', price: 2_050 }),
        extendedTo(acceptedAt + 90_000),
      ]);
  });

  it("does not extend for the leader's silent raise", () => {
    lot
      .given(annLeads)
      .when(placeBid('ann', 4_000, acceptedAt))
      .thenRecorded([maximumPlaced('ann', 4_000, { ...last, outcome: 'maximum-raised', price: 1_000 })]);
  });

  it("extends for the leader's raise that meets the reserve", () => {
    lot
      .given(annLeads)
      .when(placeBid('ann', 8_000, acceptedAt))
      .thenRecorded([
        maximumPlaced('ann', 8_000, { ...last, outcome: 'maximum-raised', price: 8_000 }),
        extendedTo(acceptedAt + 90_000),
      ]);
  });

  it('extends when only the reserve becomes met, by a lowered reserve and a new bid at the same price', () => {
    const lowered: LotEvent = { type: 'ReserveLowered', data: { ...ofLot, reserve: 900 } };
    lot
      .given([...annLeads, lowered])
      .when(placeBid('ann', 4_000, acceptedAt))
      .thenRecorded([
        maximumPlaced('ann', 4_000, { ...last, outcome: 'maximum-raised', price: 1_000 }),
        extendedTo(acceptedAt + 90_000),
      ]);
  });

  it.each([
    ['below the minimum', 'bob', 1_049, 'below-minimum'],
    ['not above the own maximum', 'ann', 3_000, 'own-maximum-not-raised'],
  ] as const)('ignores a bid %s', (_, bidder, amount, outcome) => {
    lot
      .given(annLeads)
      .when(placeBid(bidder, amount, acceptedAt))
      .thenRecorded([maximumPlaced(bidder, amount, { ...last, outcome, price: 1_000 })]);
  });
});
