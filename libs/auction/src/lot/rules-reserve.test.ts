import fc from 'fast-check';
import type { LotTerms } from '#contracts/terms.js';
import { amount, bid, biddingTerms } from '#testing/arbitraries.js';
import { fold } from '#testing/decider-spec.js';
import { opened } from '#testing/lot-builders.js';
import { play } from '#testing/play.js';
import type { CloseLot } from './close-lot.js';
import type { Lot } from './lot.js';
import { type LotCommand, lotDecider } from './lot-decider.js';
import type { LowerReserve } from './lower-reserve.js';

const END = 2_000_000_000;
const atTheEnd: CloseLot = { type: 'CloseLot', reason: 'time', at: END };
const lowering = (reserve: number): LowerReserve => ({ type: 'LowerReserve', reserve, at: END - 1 });

/** Terms with a reserve, and nothing that ends the lot but its time. */
const reserved = fc
  .tuple(biddingTerms(), amount)
  .map(([terms, reserve]) => ({ ...terms, reserve, softClose: null, buyNow: null, closesAt: END }));
const bids = fc.array(bid(), { maxLength: 15 });
const bidsAndLowerings = fc.array(
  fc.oneof({ weight: 3, arbitrary: bid() }, { weight: 1, arbitrary: amount.map(lowering) }),
  { maxLength: 20 },
);

const lotAfter = (terms: LotTerms, commands: readonly LotCommand[]): Lot => {
  const events = play(lotDecider, commands, opened(terms)).flatMap((step) => step.events);
  return fold(lotDecider, [...opened(terms), ...events]) as Lot;
};

describe('the reserve', () => {
  it('sells exactly when the price is at least the reserve at the close', () => {
    fc.assert(
      fc.property(reserved, bids, (terms, commands) => {
        const { price, phase } = lotAfter(terms, [...commands, atTheEnd]);
        expect(phase).toBe(price !== null && price >= terms.reserve ? 'sold' : 'passed');
      }),
      { numRuns: 300 },
    );
  });

  it('can only be lowered, and only while it is unmet', () => {
    fc.assert(
      fc.property(reserved, bidsAndLowerings, (terms, commands) => {
        for (const { before, after, events } of play(lotDecider, commands, opened(terms))) {
          const [was, is] = [before as Lot, after as Lot];
          if (events[0]?.type !== 'ReserveLowered') expect(is.reserve).toBe(was.reserve);
          else expect([was.reserveMet, (is.reserve ?? 0) < (was.reserve ?? 0)]).toEqual([false, true]);
        }
      }),
    );
  });

  it('makes no winner when it is lowered, without a new bid', () => {
    fc.assert(
      fc.property(reserved, bidsAndLowerings, amount, (terms, commands, reserve) => {
        fc.pre(!lotAfter(terms, commands).reserveMet);
        const { phase, winner } = lotAfter(terms, [...commands, lowering(reserve), atTheEnd]);
        expect([phase, winner]).toEqual(['passed', null]);
      }),
    );
  });

  it('makes a winner when it is lowered and a new bid leads at it or above it', () => {
    fc.assert(
      fc.property(reserved, bidsAndLowerings, amount, bid(), (terms, commands, reserve, last) => {
        const before = lotAfter(terms, [...commands, lowering(reserve)]);
        const after = lotAfter(terms, [...commands, lowering(reserve), last]);
        fc.pre(after.leader !== null && after.leader.bidId !== before.leader?.bidId);
        expect(after.reserveMet).toBe(before.reserveMet || (after.price ?? 0) >= (after.reserve ?? 0));
      }),
    );
  });

  it('stays met once it is met', () => {
    fc.assert(
      fc.property(reserved, bidsAndLowerings, (terms, commands) => {
        const met = play(lotDecider, commands, opened(terms)).map(({ after }) => (after as Lot).reserveMet);
        expect(met).toEqual(met.toSorted());
      }),
    );
  });
});
