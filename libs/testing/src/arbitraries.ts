import fc, { type Arbitrary } from 'fast-check';
import type { LotCommand } from '#auction/lot/lot-decider.js';
import type { PlaceBid } from '#auction/lot/place-bid.js';
import type { IncrementTable, LotTerms } from '#contracts/terms.js';
import { id, lotTerms, OPENS } from './lot-builders.js';

/*
 * Small worlds: few bidders, amounts and moments, so that ties, repeats and exact boundaries come up all the time.
 */

export const bidder = fc.constantFrom('ann', 'bob', 'cat', 'dan');
const largestBid = 60;
export const amount = fc.integer({ min: 1, max: largestBid });

/** Up to four bands, the first from 0 on. */
export const increments: Arbitrary<IncrementTable> = fc
  .uniqueArray(fc.integer({ min: 1, max: largestBid }), { maxLength: 3 })
  .chain((starts) => {
    const froms = [0, ...starts.sort((a, b) => a - b)];
    const steps = fc.array(fc.integer({ min: 1, max: 15 }), { minLength: froms.length, maxLength: froms.length });
    return steps.map((sizes) => froms.map((from, i) => ({ from, step: sizes[i] ?? 1 })));
  });

export const reserve = fc.option(amount, { nil: null });

const seconds = fc.integer({ min: 1, max: 20 });
export const softClose: Arbitrary<LotTerms['softClose']> = fc.option(
  fc.record(
    { windowSeconds: seconds, extensionSeconds: seconds, maxExtensions: fc.integer({ min: 1, max: 3 }) },
    { requiredKeys: ['windowSeconds', 'extensionSeconds'] },
  ),
  { nil: null },
);

const buyNowTerms = (quantity: Arbitrary<number>): Arbitrary<LotTerms['buyNow']> =>
  fc.record(
    {
      price: amount,
      quantity,
      limitPerBuyer: fc.integer({ min: 1, max: 5 }),
      policy: fc.constantFrom('until-first-bid', 'until-reserve-met', 'until-price-exceeds'),
    },
    { requiredKeys: ['price', 'quantity'] },
  );
const besideBidding = buyNowTerms(fc.constant(1));
export const fixedPrice = buyNowTerms(fc.integer({ min: 2, max: 8 }));

/** Terms of a lot with bidding that closes a minute after it opens; `changes` fixes what a property needs fixed. */
export const biddingTerms = (changes: Partial<LotTerms> = {}): Arbitrary<LotTerms> =>
  fc
    .record({
      startingBid: fc.integer({ min: 0, max: largestBid / 3 }),
      bidPolicy: fc.constantFrom('open' as const, 'proxy' as const),
      increments,
      reserve,
      softClose,
      buyNow: fc.option(besideBidding, { nil: null, freq: 2 }),
    })
    .map((terms) => lotTerms({ ...terms, closesAt: OPENS + 60_000, ...changes }));

/** A moment around the minute in which the lots of `biddingTerms` are open. */
export const moment = fc.integer({ min: -2, max: 100 }).map((s) => OPENS + s * 1000);

export const bid = (at: Arbitrary<number> = fc.constant(OPENS + 1)): Arbitrary<PlaceBid> =>
  fc.record({
    type: fc.constant('PlaceBid' as const),
    bidId: fc.nat(1_000_000).map((n) => id(n)),
    bidderId: bidder,
    amount,
    acceptedAt: at,
  });

export const purchase = (at: Arbitrary<number> = fc.constant(OPENS + 1)): Arbitrary<LotCommand> =>
  fc.record({
    type: fc.constant('BuyNow' as const),
    purchaseId: fc.nat(1_000_000).map((n) => id(n)),
    buyerId: bidder,
    quantity: fc.integer({ min: 1, max: 4 }),
    at,
  });

export const close: Arbitrary<LotCommand> = fc.record({
  type: fc.constant('CloseLot' as const),
  reason: fc.constantFrom('time', 'auctioneer', 'auction-ended'),
  at: moment,
});

/** Anything that may be asked of a listed lot, at any moment. */
export const lotCommand: Arbitrary<LotCommand> = fc.oneof(
  { weight: 12, arbitrary: bid(moment) },
  { weight: 2, arbitrary: purchase(moment) },
  { weight: 1, arbitrary: close },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('WithdrawLot' as const), at: moment }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('LowerReserve' as const), reserve: amount, at: moment }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('ExtendWithGroup' as const),
      byMs: fc.integer({ min: -1, max: 30_000 }),
      at: moment,
    }),
  },
);

export const lotCommands = fc.array(lotCommand, { maxLength: 30 });
