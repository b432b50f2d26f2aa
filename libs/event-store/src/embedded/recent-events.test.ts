import fc from 'fast-check';
import { Bell } from '../bell.js';
import type { RecordedEvent } from '../event-store.js';
import { RecentEvents } from './recent-events.js';

const event = (position: number): RecordedEvent => ({
  id: `id-${position}`,
  stream: 'lot-1',
  revision: position - 1,
  position: String(position),
  type: 'BidPlaced',
  data: {},
  metadata: { commandId: 'c', correlationId: 'r', causationId: 'r', actor: 'system' },
  recordedAt: 0,
});

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + 1 + i);

describe('the events that are remembered', () => {
  it('are all behind a position, in order, or nothing is answered; and they stay within the limits', () => {
    const groups = fc.array(fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 6 }), { maxLength: 30 });
    fc.assert(
      fc.property(groups, fc.nat({ max: 20 }), (sizesOfGroups, start) => {
        const recent = new RecentEvents({ events: 10, characters: 100 });
        recent.restart(start);
        let last = start;
        for (const sizes of sizesOfGroups) {
          const positions = numbers(last, last + sizes.length);
          recent.add(last + 1, positions.map(event), sizes);
          last += sizes.length;
          let remembered = 0;
          for (let position = start; position <= last + 3; position += 1) {
            const found = recent.behind(position, 1_000);
            if (found === undefined) continue;
            expect(found).toEqual(numbers(position, last).map(event));
            remembered = Math.max(remembered, found.length);
          }
          expect(remembered).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('are forgotten when commits were missed', () => {
    const recent = new RecentEvents();
    recent.restart(0);
    recent.add(1, [event(1), event(2)], [1, 1]);
    recent.add(5, [event(5)], [1]);
    expect(recent.behind(2, 10)).toBeUndefined();
    expect(recent.behind(4, 10)).toEqual([event(5)]);
  });

  it('wake whoever waits, also when it began to wait after the ring', async () => {
    const recent = new RecentEvents();
    const bell = new Bell();
    recent.restart(0);
    recent.bells.add(bell);
    const waiting = bell.wait();
    recent.add(1, [event(1)], [1]);
    recent.ring();
    await waiting;
    recent.add(2, [event(2)], [1]);
    recent.ring();
    await bell.wait();
    const last = bell.wait();
    recent.close();
    await last;
    expect(recent.closed).toBe(true);
  });
});
