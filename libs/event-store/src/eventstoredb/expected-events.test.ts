import { newEvent } from '../contract-suite/samples.js';
import type { RecordedEvent } from '../event-store.js';
import { ExpectedEvents } from './expected-events.js';

const told = (stream: string, revision: number): RecordedEvent => {
  const { version: _, ...event } = newEvent();
  return { ...event, stream, revision, position: String(revision), recordedAt: 0 };
};

describe('events that an append waits to hear of', () => {
  it('are those of its stream from its first revision on, whatever else is told', async () => {
    const expected = new ExpectedEvents();
    const mine = expected.add('lot-1', 3, 2);
    const events = [told('lot-1', 2), told('lot-2', 3), told('lot-1', 3), told('lot-1', 4), told('lot-1', 5)];
    for (const event of events) expected.told(event);
    expect(await mine.within(1_000)).toEqual([events[2], events[3]]);
  });

  it('may be told while it waits, and to several', async () => {
    const expected = new ExpectedEvents();
    const both = [expected.add('lot-1', 0, 1), expected.add('lot-1', 0, 2)].map((each) => each.within(10_000));
    const [first, second] = [told('lot-1', 0), told('lot-1', 1)];
    expected.told(first);
    expected.told(second);
    expect(await Promise.all(both)).toEqual([[first], [first, second]]);
  });

  it('are null as soon as the subscription breaks, unless all were told', async () => {
    const expected = new ExpectedEvents();
    const [told1, waiting, late] = [
      expected.add('lot-1', 0, 1),
      expected.add('lot-1', 0, 2),
      expected.add('lot-2', 0, 1),
    ];
    const answer = waiting.within(10_000);
    const event = told('lot-1', 0);
    expected.told(event);
    expected.giveUp();
    expect([await told1.within(10_000), await answer, await late.within(10_000)]).toEqual([[event], null, null]);
  });

  it('are null when they are not told in time', async () => {
    const expected = new ExpectedEvents();
    const mine = expected.add('lot-1', 0, 2);
    expected.told(told('lot-1', 0));
    expect(await mine.within(1)).toBeNull();
  });
});
