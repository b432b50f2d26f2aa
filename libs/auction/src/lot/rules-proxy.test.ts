import fc from 'fast-check';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { MAX_AMOUNT } from '#contracts/max-amount.js';
import { type LotTerms } from '#contracts/terms.js';
import { amount, bid, biddingTerms, increments, lotCommand, reserve } from '#testing/arbitraries.js';
import { fold } from '#testing/decider-spec.js';
import { bidPlaced, OPENS, opened, placeBid } from '#testing/lot-builders.js';
import { play } from '#testing/play.js';
import { increment, type ProxyState, referenceProxy } from '#testing/reference-bidding.js';
import { incrementPresets } from './increments.js';
import type { Lot } from './lot.js';
import { lotDecider } from './lot-decider.js';
import { minimumNextBid } from './minimum-next-bid.js';
import type { PlaceBid } from './place-bid.js';

const proxyTerms = fc.record({
  bidPolicy: fc.constant('proxy' as const),
  startingBid: fc.integer({ min: 0, max: 20 }),
  increments,
  reserve,
});
const bids = fc.array(bid(), { maxLength: 25 });

type Terms = Pick<LotTerms, 'bidPolicy' | 'startingBid' | 'increments' | 'reserve'>;
const bidding = (terms: Terms, commands: readonly PlaceBid[]) =>
  play(lotDecider, commands, opened(terms)).map(({ command, before, events, after }) => {
    const [placed] = events;
    if (placed?.type !== 'BidPlaced') throw new Error('a bid was not recorded');
    return { bid: command, before: before as Lot, placed: placed.data, after: after as Lot };
  });

/** The greatest amount of each bidder that counted, and the step at which it was reached. */
function maximaOf(steps: ReturnType<typeof bidding>) {
  const counting = steps.filter(({ placed }) => ['leading', 'outbid', 'maximum-raised'].includes(placed.outcome));
  const maxima = new Map<string, { maximum: number; reachedAt: number }>();
  counting.forEach(({ placed: { bidderId, amount: maximum } }, reachedAt) => {
    if (maximum > (maxima.get(bidderId)?.maximum ?? 0)) maxima.set(bidderId, { maximum, reachedAt });
  });
  return [...maxima].map(([bidderId, reached]) => ({ bidderId, ...reached }));
}

describe('policy proxy', () => {
  it('follows the table of the rules, bid by bid', () => {
    fc.assert(
      fc.property(proxyTerms, bids, (terms, commands) => {
        let expected: ProxyState | null = null;
        for (const { bid: command, placed, after } of bidding(terms, commands)) {
          const reference = referenceProxy(expected, command, terms);
          expected = reference.state;
          expect([placed.outcome, placed.price]).toEqual([reference.outcome, expected?.P ?? null]);
          const { price, leader } = after;
          expect(leader && { P: price, L: leader.bidderId, M: leader.maximum }).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('P1 price never falls and never exceeds the maximum', () => {
    fc.assert(
      fc.property(proxyTerms, bids, (terms, commands) => {
        for (const { before, after } of bidding(terms, commands)) {
          expect(after.price ?? -1).toBeGreaterThanOrEqual(before.price ?? -1);
          expect(after.price ?? 0).toBeLessThanOrEqual(after.leader?.maximum ?? 0);
        }
      }),
    );
  });

  it('P1 price stays an exact amount up to the largest that there is', () => {
    const largest = fc.integer({ min: MAX_AMOUNT - 20_000, max: MAX_AMOUNT });
    const commands = fc.array(fc.tuple(fc.constantFrom('ann', 'bob', 'cat'), largest), { maxLength: 10 });
    fc.assert(
      fc.property(commands, fc.option(largest, { nil: null }), (offers, least) => {
        const terms: Terms = { bidPolicy: 'proxy', startingBid: 0, increments: incrementPresets.ebay, reserve: least };
        const steps = bidding(
          terms,
          offers.map(([who, money]) => placeBid(who, money)),
        );
        for (const { after } of steps) {
          expect(Number.isSafeInteger(after.price)).toBe(true);
          expect(after.price).toBeLessThanOrEqual(MAX_AMOUNT);
          expect(Number.isSafeInteger(minimumNextBid(after))).toBe(true);
        }
      }),
    );
  });

  it('P2 the leader holds the greatest maximum, the earliest to reach it', () => {
    fc.assert(
      fc.property(proxyTerms, bids, (terms, commands) => {
        const steps = bidding(terms, commands);
        steps.forEach(({ after }, i) => {
          const [best] = maximaOf(steps.slice(0, i + 1)).sort(
            (a, b) => b.maximum - a.maximum || a.reachedAt - b.reachedAt,
          );
          expect(after.leader?.bidderId).toBe(best?.bidderId);
          expect(after.leader?.maximum).toBe(best?.maximum);
        });
      }),
    );
  });

  it('P3 price comes from the fold, not from a formula over the two best maxima', () => {
    const steps = bidding({ bidPolicy: 'proxy', startingBid: 50, increments: [{ from: 0, step: 5 }], reserve: null }, [
      placeBid('ann', 100),
      placeBid('bob', 100),
      placeBid('ann', 200),
    ]);
    expect(steps.map(({ after }) => after.price)).toEqual([50, 100, 100]);
  });

  it("P3 a leader's raise moves the price to the reserve, or not at all", () => {
    fc.assert(
      fc.property(proxyTerms, bids, (terms, commands) => {
        for (const { before, placed, after } of bidding(terms, commands)) {
          if (placed.outcome !== 'maximum-raised') continue;
          expect([before.price, terms.reserve]).toContain(after.price);
        }
      }),
    );
  });

  it("P4 a bid changes nobody else's maximum", () => {
    fc.assert(
      fc.property(proxyTerms, bids, (terms, commands) => {
        for (const { bid: command, before, after } of bidding(terms, commands)) {
          if (after.leader?.bidderId !== command.bidderId) expect(after.leader).toEqual(before.leader);
        }
      }),
    );
  });
});

/** Two lots alike but for the hidden maximum of the leader, of which nothing was revealed. */
function twins(terms: LotTerms, commands: readonly PlaceBid[], raises: readonly number[]): [Lot, Lot] | null {
  const history = [...opened(terms), ...play(lotDecider, commands, opened(terms)).flatMap((step) => step.events)];
  const lot = fold(lotDecider, history) as Lot;
  const { leader, price, lastSequence: sequence } = lot;
  if (leader === null) return null;
  const [one, other] = raises.map((raise) =>
    bidPlaced(leader.bidderId, leader.maximum + raise, {
      sequence: sequence + 1,
      outcome: 'maximum-raised',
      price,
    }),
  ) as [LotEvent, LotEvent];
  return [lotDecider.evolve(lot, one) as Lot, lotDecider.evolve(lot, other) as Lot];
}

describe('P5 a maximum never leaks', () => {
  const hidden = biddingTerms({ bidPolicy: 'proxy', reserve: null });
  const raises = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }));

  it('not by the minimum next bid', () => {
    fc.assert(
      fc.property(hidden, bids, raises, (terms, commands, byMuch) => {
        const pair = twins(terms, commands, byMuch);
        fc.pre(pair !== null);
        expect(minimumNextBid(pair[0])).toBe(minimumNextBid(pair[1]));
      }),
    );
  });

  it("not by the answer to a rival's bid that both maxima exceed by an increment, nor by its price", () => {
    fc.assert(
      fc.property(hidden, bids, raises, amount, (terms, commands, byMuch, money) => {
        const pair = twins(terms, commands, byMuch);
        fc.pre(pair !== null);
        const least = Math.min(...pair.map((lot) => lot.leader?.maximum ?? 0));
        fc.pre(money + increment(terms.increments, money) <= least);
        const rival = placeBid('eve', money, OPENS + 2);
        const [one, other] = pair.map((lot) => lotDecider.decide(rival, lot));
        expect(one).toEqual(other);
      }),
    );
  });

  it('not by the answer to anything else that is asked, nor by the result', () => {
    const question = lotCommand.filter((command) => command.type !== 'PlaceBid');
    fc.assert(
      fc.property(hidden, bids, raises, question, (terms, commands, byMuch, command) => {
        const pair = twins(terms, commands, byMuch);
        fc.pre(pair !== null);
        const [one, other] = pair.map((lot) => lotDecider.decide(command, lot));
        expect(one).toEqual(other);
      }),
    );
  });

  it('not by the refusal of a bid below the minimum', () => {
    fc.assert(
      fc.property(hidden, bids, raises, amount, (terms, commands, byMuch, money) => {
        const pair = twins(terms, commands, byMuch);
        fc.pre(pair !== null && money < minimumNextBid(pair[0]));
        const [one, other] = pair.map((lot) => lotDecider.decide(placeBid('eve', money, OPENS + 2), lot));
        expect(one).toEqual(other);
      }),
    );
  });

  it('not by a soft close: a silent raise in the last millisecond does not extend', () => {
    const terms = hidden.map((t) => ({ ...t, softClose: { windowSeconds: 60, extensionSeconds: 90 } }));
    fc.assert(
      fc.property(terms, bids, (t, commands) => {
        const steps = play(lotDecider, commands, opened(t));
        const lot = fold(lotDecider, [...opened(t), ...steps.flatMap((step) => step.events)]) as Lot;
        fc.pre(lot.leader !== null);
        const raise = placeBid(lot.leader.bidderId, lot.leader.maximum + 1, (lot.closesAt ?? 0) - 1);
        const decision = lotDecider.decide(raise, lot);
        expect(decision.kind === 'accepted' && decision.events.map(({ type }) => type)).toEqual(['BidPlaced']);
      }),
    );
  });
});
