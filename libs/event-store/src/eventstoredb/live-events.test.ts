import { jest } from '@jest/globals';
import { Bell } from '../bell.js';
import { newEvent } from '../contract-suite/samples.js';
import type { Position, RecordedEvent } from '../event-store.js';
import { type LiveEvent, LiveEvents } from './live-events.js';

const live = (position: number, characters = 1): LiveEvent => {
  const { version: _, ...event } = newEvent();
  const place = { stream: 'lot-1', revision: 0, position: String(position), recordedAt: 0 };
  return { position: String(position), type: event.type, characters, event: { ...event, ...place } };
};

const positions = (events: readonly LiveEvent[] | undefined): Position[] | undefined =>
  events?.map(({ position }) => position);

describe('the events that a subscription told', () => {
  it('are unknown before it has begun', () => {
    const events = new LiveEvents();
    expect(events.behind('5', 10)).toBeUndefined();
    expect(events.reached).toBeUndefined();
  });

  it('are handed out behind any position since its begin, however large the gaps', () => {
    const events = new LiveEvents();
    events.begin('90');
    events.add([live(95), live(200), live(1_000)]);
    expect(events.behind('89', 10)).toBeUndefined();
    expect(events.behind(null, 10)).toBeUndefined();
    expect(positions(events.behind('90', 10))).toEqual(['95', '200', '1000']);
    expect(positions(events.behind('95', 10))).toEqual(['200', '1000']);
    expect(positions(events.behind('150', 1))).toEqual(['200']);
    expect(positions(events.behind('1000', 10))).toEqual([]);
    expect(events.reached).toBe('1000');
  });

  it('begin with the first event of a store that was empty', () => {
    const events = new LiveEvents();
    events.begin(null);
    expect(positions(events.behind(null, 10))).toEqual([]);
    events.add([live(0), live(7)]);
    expect(positions(events.behind(null, 10))).toEqual(['0', '7']);
    expect(positions(events.behind('0', 10))).toEqual(['7']);
  });

  it.each([
    ['events', { events: 4, characters: 1_000 }, 1],
    ['characters', { events: 1_000, characters: 40 }, 10],
  ])('are forgotten beyond a number of %s, the oldest first', (_, limits, characters) => {
    const events = new LiveEvents(limits);
    events.begin('0');
    events.add([1, 2, 3, 4].map((position) => live(position, characters)));
    expect(positions(events.behind('0', 10))).toEqual(['1', '2', '3', '4']);
    events.add([live(5, characters)]);
    expect(events.behind('2', 10)).toBeUndefined();
    expect(positions(events.behind('3', 10))).toEqual(['4', '5']);
    expect(events.reached).toBe('5');
  });

  it('are found by their stream, as long as none is missing in between', () => {
    const inStream = (position: number, revision: number): LiveEvent => {
      const told = live(position) as LiveEvent & { event: RecordedEvent };
      return { ...told, event: { ...told.event, revision } };
    };
    const revisions = (from: number) => events.ofStream('lot-1', from).map(({ revision }) => revision);
    const events = new LiveEvents({ events: 4, characters: 1_000 });
    events.begin('0');
    events.add([inStream(1, 5), inStream(2, 6), inStream(3, 7)]);
    expect([revisions(5), revisions(7), revisions(8), revisions(4)]).toEqual([[5, 6, 7], [7], [], []]);
    expect(events.ofStream('lot-2', 0)).toEqual([]);
    events.add([inStream(4, 8), inStream(5, 9)]);
    expect([revisions(7), revisions(8)]).toEqual([[], [8, 9]]);
    events.add([inStream(6, 11)]);
    expect([revisions(9), revisions(11)]).toEqual([[], [11]]);
  });

  it('leave nothing behind of one that is larger than all may be', () => {
    const events = new LiveEvents({ events: 10, characters: 10 });
    events.begin('0');
    events.add([live(1, 100)]);
    expect(events.behind('0', 10)).toBeUndefined();
    expect(positions(events.behind('1', 10))).toEqual([]);
    expect(events.reached).toBe('1');
  });

  it('are known to have been told, also when they are not here any more', () => {
    const events = new LiveEvents({ events: 1, characters: 1_000 });
    events.begin(null);
    events.add([live(1), live(2), live(3)]);
    expect([events.toldTo('lot-1'), events.toldTo('lot-2')]).toEqual([0, -1]);
  });

  it('wake followers at once after a quiet moment, and then together', () => {
    jest.useFakeTimers();
    try {
      const events = new LiveEvents();
      const rung: number[] = [];
      const bell = new Bell();
      events.begin(null);
      jest.advanceTimersByTime(1_000);
      events.bells.add(Object.assign(bell, { ring: () => rung.push(events.behind(null, 10)?.length ?? 0) }));
      for (let position = 1; position <= 3; position += 1) events.add([live(position)]);
      expect(rung).toEqual([1]);
      jest.advanceTimersByTime(10);
      expect(rung).toEqual([1, 3]);
      jest.advanceTimersByTime(1_000);
      expect(rung).toEqual([1, 3]);
    } finally {
      jest.useRealTimers();
    }
  });
});
