import fc from 'fast-check';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { Money } from '#contracts/money.js';
import { amount, bid, bidder, reserve } from '#testing/arbitraries.js';
import { fold } from '#testing/decider-spec.js';
import { bidIdOf, bidPlaced, closeAtTheEnd, closed, opened, passed, placeBid, sold } from '#testing/lot-builders.js';
import { play } from '#testing/play.js';
import { lastValidBid, type ReferenceBid } from '#testing/reference-bidding.js';
import type { Lot } from './lot.js';
import { lotDecider } from './lot-decider.js';

type Placed = Extract<LotEvent, { type: 'BidPlaced' }>;
const startingBid = fc.integer({ min: 0, max: 20 });
const isBid = (event: LotEvent): event is Placed => event.type === 'BidPlaced';

/** What closing must record, from the rules alone. */
function resultOf(start: Money, least: Money | null, bids: readonly ReferenceBid[]): LotEvent {
  const winner = lastValidBid(start, bids);
  if (winner === null) return passed('no-valid-bid');
  if (least !== null && winner.amount < least) return passed('reserve-not-met');
  return sold(winner.bidderId, winner.amount, bidIdOf(winner.bidderId, winner.amount));
}

/** The sequence that another bid would get. */
const nextSequence = (history: LotEvent[]) =>
  play(lotDecider, [placeBid('eve', 1)], history)[0]?.events.find(isBid)?.data.sequence;

describe('policy open', () => {
  it('O1 the result depends on sequence, amount and bidder of the bids, not on the order in which they were stored', () => {
    const drawn = fc.array(fc.record({ bidderId: bidder, amount, gap: fc.integer({ min: 1, max: 3 }) }), {
      maxLength: 12,
    });
    const stored = drawn.chain((bids) => {
      let sequence = 0;
      const commands = bids.map(({ bidderId, amount: money, gap }) => {
        sequence += gap;
        return { ...placeBid(bidderId, money), sequence };
      });
      return fc.tuple(
        fc.constant(commands),
        fc.shuffledSubarray(
          commands.map((_, i) => i),
          { minLength: commands.length },
        ),
      );
    });
    fc.assert(
      fc.property(stored, startingBid, reserve, ([commands, order], start, least) => {
        const history = opened({ startingBid: start, reserve: least });
        const bids = play(lotDecider, commands, history).flatMap((step) => step.events.filter(isBid));
        const shuffled = order.flatMap((i) => bids[i] ?? []);
        expect(shuffled).toHaveLength(commands.length);
        const decision = lotDecider.decide(closeAtTheEnd, fold(lotDecider, [...history, ...shuffled]));
        const result = resultOf(
          start,
          least,
          bids.map((placed) => placed.data),
        );
        expect(decision).toEqual({ kind: 'accepted', events: [closed(), result] });
        expect(nextSequence([...history, ...shuffled])).toBe((bids.at(-1)?.data.sequence ?? 0) + 1);
      }),
      { numRuns: 300 },
    );
  });

  it('O1 equal amounts go to the lower sequence in whatever order they were stored, also when both were recorded as leading', () => {
    const pair = [bidPlaced('ann', 2_000, { sequence: 1 }), bidPlaced('bob', 2_000, { sequence: 2 })];
    for (const bids of [pair, pair.toReversed()]) {
      const lot = fold(lotDecider, [...opened(), ...bids]) as Lot;
      expect(lot.leader).toMatchObject({ bidderId: 'ann', sequence: 1 });
      expect(lot.price).toBe(2_000);
    }
  });

  it('O1 whatever number is drawn, each bid is stored under one above the last, and never far above', () => {
    const odd = fc.constantFrom(1_000_060, Number.MAX_SAFE_INTEGER, Number.NaN, 7.5);
    const drawn = fc.oneof(fc.integer({ min: -5, max: 60 }), odd);
    const numbered = fc
      .record({ command: bid(), sequence: drawn })
      .map(({ command, sequence }) => ({ ...command, sequence }));
    fc.assert(
      fc.property(fc.array(numbered, { maxLength: 30 }), (commands) => {
        let last = 0;
        for (const { command, events } of play(lotDecider, commands, opened())) {
          const [placed] = events;
          if (placed?.type !== 'BidPlaced') continue;
          const { sequence } = placed.data;
          const { sequence: asked } = command;
          const inReach = Number.isInteger(asked) && asked > last && asked <= last + 1_000_000;
          expect(sequence).toBe(inReach ? asked : last + 1);
          expect(sequence).toBeGreaterThan(last);
          last = sequence;
        }
      }),
    );
  });

  it('O2 a bid is answered as the highest exactly when it is the last valid one at that moment', () => {
    fc.assert(
      fc.property(fc.array(bid(), { maxLength: 20 }), startingBid, (commands, start) => {
        const soFar: Placed['data'][] = [];
        for (const { events } of play(lotDecider, commands, opened({ startingBid: start }))) {
          const [placed] = events.filter(isBid);
          if (placed === undefined) throw new Error('a bid was not recorded');
          soFar.push(placed.data);
          const last = lastValidBid(start, soFar);
          expect(placed.data.outcome).toBe(last === placed.data ? 'leading' : 'not-highest');
          expect(placed.data.price).toBe(last?.amount ?? null);
        }
      }),
    );
  });

  it('records every bid, whatever its amount, under rising sequences', () => {
    fc.assert(
      fc.property(fc.array(bid(), { maxLength: 20 }), (commands) => {
        const bids = play(lotDecider, commands, opened()).flatMap((step) => step.events.filter(isBid));
        expect(bids.map(({ data }) => data.amount)).toEqual(commands.map((command) => command.amount));
        expect(bids.map(({ data }) => data.sequence)).toEqual(commands.map((_, i) => i + 1));
      }),
    );
  });
});
