import fc from 'fast-check';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { BuyNowPolicy } from '#contracts/terms.js';
import { bid, biddingTerms, fixedPrice, lotCommands, purchase } from '#testing/arbitraries.js';
import { buyNow, id, lotTerms, OPENS, opened, placeBid } from '#testing/lot-builders.js';
import { play } from '#testing/play.js';
import { buyableUnits } from './buy-now.js';
import { availableUnits, type Lot } from './lot.js';
import { type LotCommand, lotDecider } from './lot-decider.js';

const offers = fixedPrice.map((offer) => lotTerms({ buyNow: offer }));
const purchases = fc.array(purchase(), { maxLength: 20 });
const unitsIn = (events: readonly LotEvent[]): number =>
  events.reduce((sum, event) => (event.type === 'ItemBought' ? sum + event.data.quantity : sum), 0);

describe('buying now', () => {
  it('has no units where it is not offered', () => {
    expect(availableUnits({ terms: lotTerms(), unitsSold: 0 })).toBe(0);
  });

  it('B1 sold and available add up to the quantity and available is never negative, at every revision', () => {
    fc.assert(
      fc.property(offers, fc.oneof(purchases, lotCommands), (terms, commands) => {
        const quantity = terms.buyNow?.quantity ?? 0;
        let soldSoFar = 0;
        for (const { events, after } of play(lotDecider, commands, opened(terms))) {
          for (const event of events) {
            if (event.type !== 'ItemBought') continue;
            soldSoFar += event.data.quantity;
            expect(event.data.available).toBe(quantity - soldSoFar);
          }
          expect(availableUnits(after as Lot)).toBe(quantity - soldSoFar);
          expect(soldSoFar).toBeLessThanOrEqual(quantity);
        }
      }),
    );
  });

  it('B2 a purchase is all of its units or none', () => {
    fc.assert(
      fc.property(offers, purchases, (terms, commands) => {
        for (const { command, events, decision } of play(lotDecider, commands, opened(terms))) {
          if (command.type !== 'BuyNow') continue;
          expect(unitsIn(events)).toBe(decision.kind === 'accepted' ? command.quantity : 0);
        }
      }),
    );
  });

  it('B3 a purchase is recorded once, under its own id (a repeat of its key is recognised by the stream writer)', () => {
    fc.assert(
      fc.property(offers, purchases, (terms, commands) => {
        for (const { command, events } of play(lotDecider, commands, opened(terms))) {
          const bought = events.flatMap((event) => (event.type === 'ItemBought' ? [event.data.purchaseId] : []));
          if (command.type === 'BuyNow' && events.length > 0) expect(bought).toEqual([command.purchaseId]);
        }
      }),
    );
  });

  it('B4 OutOfStock stands right behind the purchase that takes the last unit, and nowhere else', () => {
    fc.assert(
      fc.property(offers, purchases, (terms, commands) => {
        const events = play(lotDecider, commands, opened(terms)).flatMap((step) => step.events);
        events.forEach((event, i) => {
          const last = event.type === 'ItemBought' && event.data.available === 0;
          expect(events[i + 1]?.type === 'OutOfStock').toBe(last);
        });
      }),
    );
  });

  it('B5 first come, first served: a purchase succeeds while its units remain, and sold out is said at once', () => {
    fc.assert(
      fc.property(offers, purchases, (terms, commands) => {
        const { quantity = 0, limitPerBuyer = Number.POSITIVE_INFINITY } = terms.buyNow ?? {};
        const taken = new Map<string, number>();
        let left = quantity;
        for (const { command, decision } of play(lotDecider, commands, opened(terms))) {
          if (command.type !== 'BuyNow') continue;
          const has = taken.get(command.buyerId) ?? 0;
          if (left === 0) expect(decision).toEqual({ kind: 'refused', refusal: { code: 'sold-out' } });
          else if (command.quantity > left)
            expect(decision).toEqual({ kind: 'refused', refusal: { code: 'insufficient-stock', available: left } });
          else if (has + command.quantity > limitPerBuyer)
            expect(decision).toMatchObject({ refusal: { code: 'purchase-limit-exceeded', limit: limitPerBuyer } });
          else {
            expect(decision.kind).toBe('accepted');
            left -= command.quantity;
            taken.set(command.buyerId, has + command.quantity);
          }
        }
      }),
    );
  });
});

describe('buying now beside bidding', () => {
  const policies: BuyNowPolicy[] = ['until-first-bid', 'until-reserve-met', 'until-price-exceeds'];
  const racers: LotCommand[] = [
    buyNow('ann'),
    { ...buyNow('bob'), purchaseId: id(77) },
    placeBid('cat', 9_000),
    { type: 'CloseLot', reason: 'auctioneer', at: OPENS + 1 },
  ];
  const race = (policy: BuyNowPolicy, order: readonly LotCommand[]) => {
    const terms = { buyNow: { price: 5_000, quantity: 1, policy }, reserve: 4_000 };
    return play(lotDecider, order, opened(terms));
  };

  it('has a unit for buyers exactly while a purchase would succeed', () => {
    const terms = biddingTerms().filter(({ buyNow: offer }) => offer !== null);
    fc.assert(
      fc.property(terms, fc.array(fc.oneof(bid(), purchase()), { maxLength: 8 }), (offered, commands) => {
        for (const { after } of play(lotDecider, commands, opened(offered))) {
          const { kind } = lotDecider.decide(buyNow('zoe'), after);
          expect(buyableUnits(after as Lot)).toBe(kind === 'accepted' ? 1 : 0);
        }
      }),
    );
  });

  it.each(policies)('has no unit once the lot is sold to a bidder under %s', (policy) => {
    const order: LotCommand[] = [placeBid('cat', 4_500), { type: 'CloseLot', reason: 'auctioneer', at: OPENS + 1 }];
    const steps = race(policy, order);
    expect(steps.at(-1)?.after).toMatchObject({ phase: 'sold', winner: { winnerId: 'cat' } });
    expect(buyableUnits(steps.at(-1)?.after as Lot)).toBe(0);
  });

  it('has exactly one winner when two purchases, the bid that ends it and the close race', () => {
    const orders = fc.shuffledSubarray(racers, { minLength: racers.length });
    fc.assert(
      fc.property(fc.constantFrom(...policies), orders, (policy, order) => {
        const events = race(policy, order).flatMap((step) => step.events);
        const bought = events.filter(({ type }) => type === 'ItemBought').length;
        const counted = events.filter(({ type }) => type === 'BidPlaced').length;
        expect(bought).toBeLessThanOrEqual(1);
        expect(bought + counted).toBeLessThanOrEqual(1);
        const results = events.filter(({ type }) => type === 'LotSold' || type === 'LotPassed');
        expect(results).toHaveLength(1);
      }),
    );
  });

  it.each(policies)('goes to whoever is first under %s, and the others learn what happened', (policy) => {
    const [ann, bob, bid, close] = racers as [LotCommand, LotCommand, LotCommand, LotCommand];
    const outcomes = (order: LotCommand[]) =>
      race(policy, order).map(({ decision, events }) =>
        decision.kind === 'refused' ? decision.refusal.code : (events[0]?.type ?? decision.kind),
      );
    expect(outcomes([ann, bob, bid, close])).toEqual(['ItemBought', 'sold-out', 'lot-closed', 'unchanged']);
    expect(outcomes([bid, ann, close, bob])).toEqual(['BidPlaced', 'buy-now-ended', 'LotClosed', 'lot-closed']);
    expect(outcomes([close, ann, bid, bob])).toEqual(['LotClosed', 'lot-closed', 'lot-closed', 'lot-closed']);
  });

  it('takes a bid at the price or above it as a bid, not as a purchase', () => {
    const [step] = race('until-price-exceeds', [placeBid('cat', 5_000)]);
    expect(step?.events.map(({ type }) => type)).toEqual(['BidPlaced']);
    expect(step?.after).toMatchObject({ phase: 'open' });
  });
});
