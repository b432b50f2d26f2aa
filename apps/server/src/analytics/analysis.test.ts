import fc from 'fast-check';
import { analysisOf } from './analysis.js';
import { contributionOf } from './contribution.js';
import { publicEventsOf, steps, storeOf } from './testing/auction-events.js';

const sorted = (events: Parameters<typeof analysisOf>[0]) => {
  const { cells, currencies, soleUnitLots } = analysisOf(events);
  return { cells: [...cells].sort(), currencies: [...currencies].sort(), lots: [...soleUnitLots].sort() };
};

describe('the counts of events', () => {
  it('are the same in whatever order events come', () =>
    fc.assert(
      fc.asyncProperty(steps, fc.infiniteStream(fc.nat()), async (history, numbers) => {
        const events = (await publicEventsOf(storeOf(history))).map(({ event }) => event);
        const shuffled = events
          .map((event) => ({ event, by: numbers.next().value as number }))
          .sort((a, b) => a.by - b.by)
          .map(({ event }) => event);
        expect(sorted(shuffled)).toEqual(sorted(events));
      }),
      { numRuns: 50 },
    ));

  it('leave out events of a type that they do not know', () => {
    const unknown = { eventType: 'LotPainted', timestamp: '2026-01-01T00:00:00.000Z', auctionId: 'a', payload: {} };
    expect(contributionOf(unknown as never)).toBeNull();
  });
});
