import fc from 'fast-check';
import type { LotEvent } from '#contracts/events/lot-events.js';
import type { LotTerms } from '#contracts/terms.js';
import { biddingTerms, close, lotCommands } from '#testing/arbitraries.js';
import { fold } from '#testing/decider-spec.js';
import { OPENS, opened } from '#testing/lot-builders.js';
import { play, type Step } from '#testing/play.js';
import { lastValidBid, type ProxyState, type ReferenceBid, referenceProxy } from '#testing/reference-bidding.js';
import type { Lot, LotState } from './lot.js';
import { type LotCommand, lotDecider } from './lot-decider.js';

type Placed = Extract<LotEvent, { type: 'BidPlaced' }>['data'];
type LotStep = Step<LotState, LotCommand, LotEvent>;

const histories = fc.record({ terms: biddingTerms(), group: fc.boolean(), commands: lotCommands });
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;
const stepsOf = ({ terms, group, commands }: History) => play(lotDecider, commands, opened(terms, group));
const eventsOf = (steps: readonly LotStep[]) => steps.flatMap((step) => step.events);
const ofType = <T extends LotEvent['type']>(events: readonly LotEvent[], type: T) =>
  events.filter((event): event is Extract<LotEvent, { type: T }> => event.type === type);

/** What everybody can see of a lot. */
interface Visible {
  readonly price: number | null;
  readonly leader: string | null;
  readonly reserveMet: boolean;
}

/** The visible state after each bid, from the rules alone: bid by bid, `reserveAt` saying the reserve in force. */
function visibleStates(terms: LotTerms, bids: readonly Placed[], reserveAt: (bid: Placed) => number | null): Visible[] {
  let proxy: ProxyState | null = null;
  let reserveMet = terms.reserve === null;
  const soFar: Placed[] = [];
  return bids.map((bid) => {
    soFar.push(bid);
    const reserve = reserveAt(bid);
    let changesSomething: boolean;
    let top: { price: number; leader: string } | null;
    if (terms.bidPolicy === 'open') {
      const last = lastValidBid(terms.startingBid, soFar);
      changesSomething = last === bid;
      top = last && { price: last.amount, leader: last.bidderId };
    } else {
      const { state, outcome } = referenceProxy(proxy, bid, { ...terms, reserve });
      changesSomething = outcome !== 'below-minimum' && outcome !== 'own-maximum-not-raised';
      proxy = state;
      top = state && { price: state.P, leader: state.L };
    }
    if (changesSomething && top !== null && reserve !== null && top.price >= reserve) reserveMet = true;
    return { price: top?.price ?? null, leader: top?.leader ?? null, reserveMet };
  });
}

/** The end that each event leaves in force, from the rules alone. */
function expectedEnds(terms: LotTerms, events: readonly LotEvent[]): Map<LotEvent, number> {
  const bids = ofType(events, 'BidPlaced').map(({ data }) => data);
  const reserves = new Map<Placed, number | null>();
  let reserve = terms.reserve;
  for (const event of events) {
    if (event.type === 'ReserveLowered') reserve = event.data.reserve;
    if (event.type === 'BidPlaced') reserves.set(event.data, reserve);
  }
  const states = visibleStates(terms, bids, (bid) => reserves.get(bid) ?? null);
  const ends = new Map<LotEvent, number>();
  let end = terms.closesAt ?? Number.POSITIVE_INFINITY;
  let extensions = 0;
  for (const event of events) {
    if (event.type === 'BidPlaced') {
      const i = bids.indexOf(event.data);
      const before = states[i - 1] ?? { price: null, leader: null, reserveMet: terms.reserve === null };
      const changed = JSON.stringify(states[i]) !== JSON.stringify(before);
      const soft = terms.softClose;
      const t = event.data.acceptedAt;
      if (soft !== null && changed && end - t <= soft.windowSeconds * 1000) {
        const later = Math.max(end, t + soft.extensionSeconds * 1000);
        if (later > end && extensions < (soft.maxExtensions ?? Number.POSITIVE_INFINITY)) {
          end = later;
          extensions += 1;
        }
      }
    }
    if (event.type === 'BiddingExtended' && event.data.cause === 'group') end += event.data.byMs;
    ends.set(event, end);
  }
  return ends;
}

describe('S1 a bid counts', () => {
  it('S1 when it stands before LotClosed and start <= acceptedAt < effective end, and only then', () => {
    fc.assert(
      fc.property(histories, (history) => {
        let end = history.terms.closesAt ?? Number.POSITIVE_INFINITY;
        let over: 'closed' | 'withdrawn' | null = null;
        for (const { command, events, decision } of stepsOf(history)) {
          if (command.type === 'PlaceBid') {
            const started = OPENS <= command.acceptedAt;
            const inTime = started && command.acceptedAt < end;
            if (over === null && inTime) expect(events[0]?.type).toBe('BidPlaced');
            else if (over === 'closed' && inTime) expect(events.map(({ type }) => type)).toEqual(['BidArrivedLate']);
            else {
              const code = over === null && !started ? 'lot-not-open' : 'lot-closed';
              expect(decision).toEqual({ kind: 'refused', refusal: { code } });
            }
          }
          for (const event of events) {
            if (event.type === 'BiddingExtended') end = event.data.closesAt;
            if (event.type === 'LotClosed') [end, over] = [event.data.closedAt, 'closed'];
            if (event.type === 'LotWithdrawn') over = 'withdrawn';
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('S1 every recorded bid lies before the time at which the lot closed, unless a purchase closed it', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const events = eventsOf(stepsOf(history));
        const [closed] = ofType(events, 'LotClosed');
        fc.pre(closed !== undefined && closed.data.reason !== 'bought');
        for (const { data } of ofType(events, 'BidPlaced')) expect(data.acceptedAt).toBeLessThan(closed.data.closedAt);
      }),
    );
  });

  it('S1 the winner comes from the bids before LotClosed alone, whatever arrives late', () => {
    fc.assert(
      fc.property(histories, ({ commands, ...rest }) => {
        const terms: LotTerms = { ...rest.terms, bidPolicy: 'open', reserve: null, buyNow: null };
        const events = eventsOf(stepsOf({ ...rest, terms, commands }));
        const bids: ReferenceBid[] = ofType(events, 'BidPlaced').map(({ data }) => data);
        const winner = lastValidBid(terms.startingBid, bids);
        for (const sold of ofType(events, 'LotSold')) expect(sold.data.winnerId).toBe(winner?.bidderId);
        if (ofType(events, 'LotPassed').length > 0) expect(winner).toBeNull();
      }),
    );
  });
});

describe('S2 soft close', () => {
  it('S2 a bid that changes price, leader or reserveMet inside the window moves the end, and nothing else does', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const steps = stepsOf(history);
        const ends = expectedEnds(history.terms, eventsOf(steps));
        for (const { events, after } of steps) {
          const last = events.at(-1);
          if (last === undefined || (after as Lot).phase !== 'open') continue;
          expect((after as Lot).closesAt).toBe(ends.get(last));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('S2 the end never moves earlier while the lot is open', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const step of stepsOf(history)) {
          const [before, after] = [step.before as Lot, step.after as Lot];
          if (after.phase === 'open') expect(after.closesAt).toBeGreaterThanOrEqual(before.closesAt ?? 0);
        }
      }),
    );
  });

  it('S2 bids extend at most as often as the limit says', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const byBids = ofType(eventsOf(stepsOf(history)), 'BiddingExtended').filter(({ data }) => data.cause === 'bid');
        const { softClose } = history.terms;
        expect(byBids.length).toBeLessThanOrEqual(softClose === null ? 0 : (softClose.maxExtensions ?? 1_000));
        expect(byBids.map(({ data }) => data.extension)).toEqual(byBids.map((_, i) => i + 1));
      }),
    );
  });
});

describe('S3 a lot closes', () => {
  it('S3 exactly once, with one result right behind it, and nothing but late bids after that', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const types = eventsOf(stepsOf(history)).map(({ type }) => type);
        const at = types.indexOf('LotClosed');
        fc.pre(at >= 0);
        expect(['LotSold', 'LotPassed']).toContain(types[at + 1]);
        expect(types.slice(at + 2).filter((type) => type !== 'BidArrivedLate')).toEqual([]);
      }),
    );
  });

  it('S3 never early: by time only at the effective end, and at no other time than that', () => {
    fc.assert(
      fc.property(histories, close, (history, closing) => {
        const steps = stepsOf(history);
        const lot = fold(lotDecider, [...opened(history.terms, history.group), ...eventsOf(steps)]) as Lot;
        fc.pre(lot.phase === 'open' && closing.type === 'CloseLot');
        const end = lot.closesAt ?? Number.POSITIVE_INFINITY;
        const decision = lotDecider.decide(closing, lot);
        if (closing.at < end && closing.reason === 'time') {
          expect(decision).toEqual({ kind: 'refused', refusal: { code: 'lot-not-due' } });
          return;
        }
        const closed = decision.kind === 'accepted' ? decision.events[0].data : null;
        if (closing.at >= end) expect(closed).toMatchObject({ closedAt: end, reason: 'time' });
        else expect(closed).toMatchObject({ reason: closing.reason });
      }),
    );
  });

  it('S3 whichever process tries: after a conflict the others fold the close and have nothing to do', () => {
    fc.assert(
      fc.property(histories, fc.array(close, { minLength: 2, maxLength: 5 }), (history, closers) => {
        const atRevision = [...opened(history.terms, history.group), ...eventsOf(stepsOf(history))];
        const lot = fold(lotDecider, atRevision);
        const decisions = closers.map((closing) => lotDecider.decide(closing, lot));
        const first = decisions.find((decision) => decision.kind === 'accepted');
        fc.pre(first !== undefined);
        const after = first.events.reduce(lotDecider.evolve, lot);
        for (const closing of closers) expect(lotDecider.decide(closing, after)).toEqual({ kind: 'unchanged' });
      }),
    );
  });
});
