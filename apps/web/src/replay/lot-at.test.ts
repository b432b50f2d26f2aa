import type { LotHistoryEvent } from '#contracts/http/lot-history.js';
import { LotTimeline } from './lot-at.js';

const events: LotHistoryEvent[] = Array.from({ length: 1_000 }, (_, revision) => ({
  revision,
  eventId: String(revision),
  type: 'BidPlaced' as const,
  at: '2026-03-01T12:00:00.000Z',
  changes: { bidCount: revision, ...(revision % 7 === 0 && { currentPrice: revision * 10 }) },
}));

describe('a lot along its events', () => {
  it('is at every revision what all the changes before it come to', () => {
    const timeline = new LotTimeline(events);
    for (const count of [0, 1, 7, 255, 256, 257, 512, 999, 1_000]) {
      const expected = Object.assign({}, ...events.slice(0, count).map(({ changes }) => changes));
      expect([count, timeline.stateAfter(count)]).toEqual([count, expected]);
    }
  });
});
