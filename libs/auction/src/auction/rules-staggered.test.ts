import fc from 'fast-check';
import type { AuctionEvent } from '#contracts/events/auction-events.js';
import type { LotEvent } from '#contracts/events/lot-events.js';
import { addLot, auctionCreated } from '#testing/auction-builders.js';
import { fold } from '#testing/decider-spec.js';
import { CLOSES, lotTerms, OPENS, opened, placeBid } from '#testing/lot-builders.js';
import { play } from '#testing/play.js';
import type { Lot } from '../lot/lot.js';
import { lotDecider } from '../lot/lot-decider.js';
import { auctionDecider } from './auction-decider.js';

const count = fc.integer({ min: 1, max: 12 });
const stepSeconds = fc.integer({ min: 1, max: 600 });
const softClose = { windowSeconds: 60, extensionSeconds: 90 };

/** The ends of the lots of a staggered auction, as LotAdded says them. */
function staggeredEnds(lots: number, step: number): (number | null)[] {
  const commands = Array.from({ length: lots }, (_, i) => addLot(i + 1));
  const events = play(auctionDecider, commands, [auctionCreated({ stagger: { stepSeconds: step } })]).flatMap(
    (played) => played.events,
  );
  const added = events.filter(
    (event): event is Extract<AuctionEvent, { type: 'LotAdded' }> => event.type === 'LotAdded',
  );
  return added.map(({ data }) => data.terms.closesAt);
}

const lotsEndingAt = (ends: readonly (number | null)[], group: boolean): Lot[] =>
  ends.map((closesAt) => fold(lotDecider, opened(lotTerms({ closesAt, softClose }), group)) as Lot);

/** The lots after a bid for lot `k` in its last second, told to the others as the process manager tells them. */
function afterLateBid(lots: readonly Lot[], k: number): Lot[] {
  const target = lots[k] as Lot;
  const at = (target.closesAt ?? 0) - 1_000;
  const decision = lotDecider.decide(placeBid('ann', 5_000, at), target);
  const events: readonly LotEvent[] = decision.kind === 'accepted' ? decision.events : [];
  const byMs = events.reduce((sum, event) => (event.type === 'BiddingExtended' ? sum + event.data.byMs : sum), 0);
  return lots.map((lot, i) => {
    if (i === k) return events.reduce(lotDecider.evolve, lot) as Lot;
    const told = lotDecider.decide({ type: 'ExtendWithGroup', byMs, at: OPENS }, lot);
    return (told.kind === 'accepted' ? told.events : []).reduce(lotDecider.evolve, lot) as Lot;
  });
}

const endsOf = (lots: readonly Lot[]) => lots.map((lot) => lot.closesAt ?? 0);

describe('S4 staggered lots', () => {
  it('S4 lot k, counted from 0, ends at the end of the auction plus k steps', () => {
    fc.assert(
      fc.property(count, stepSeconds, (lots, step) => {
        expect(staggeredEnds(lots, step)).toEqual(Array.from({ length: lots }, (_, k) => CLOSES + k * step * 1000));
      }),
    );
  });

  it('S4 the extension of one lot does not move the others', () => {
    fc.assert(
      fc.property(count, stepSeconds, fc.nat(11), (n, step, pick) => {
        const lots = lotsEndingAt(staggeredEnds(n, step), false);
        const k = pick % n;
        const expected = endsOf(lots).map((end, i) => (i === k ? end - 1_000 + 90_000 : end));
        expect(endsOf(afterLateBid(lots, k))).toEqual(expected);
      }),
    );
  });

  it('S4 the extension of one lot moves all of them when the auction says group, and their distances stay', () => {
    fc.assert(
      fc.property(count, stepSeconds, fc.nat(11), (n, step, pick) => {
        const lots = lotsEndingAt(staggeredEnds(n, step), true);
        const expected = endsOf(lots).map((end) => end - 1_000 + 90_000);
        expect(endsOf(afterLateBid(lots, pick % n))).toEqual(expected);
      }),
    );
  });
});
