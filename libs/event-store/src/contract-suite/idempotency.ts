import { randomUUID } from 'node:crypto';
import type { UseStore } from './harness.js';
import { appended, eventsOf, ids, newEvent, newEvents, newStream } from './samples.js';

export function describeIdempotency(use: UseStore): void {
  describe('the repeat of an append', () => {
    it('that began a stream answers the events as first recorded', async () => {
      const stream = newStream();
      const events = newEvents(2);
      const first = await appended(use(), stream, 'no-stream', events);
      expect(await appended(use(), stream, 'no-stream', events)).toEqual(first);
    });

    it('at a revision answers the events as first recorded', async () => {
      const stream = newStream();
      await appended(use(), stream, 'no-stream', newEvents(3));
      const events = newEvents(2);
      const first = await appended(use(), stream, 2, events);
      expect(await appended(use(), stream, 2, events)).toEqual(first);
    });

    it('is recognised after later appends', async () => {
      const stream = newStream();
      const [began, went] = [newEvents(2), newEvents(3)];
      const first = await appended(use(), stream, 'no-stream', began);
      const second = await appended(use(), stream, 1, went);
      await appended(use(), stream, 4, newEvents(5));
      expect(await appended(use(), stream, 'no-stream', began)).toEqual(first);
      expect(await appended(use(), stream, 1, went)).toEqual(second);
    });

    it('answers what was recorded, not what the repeat carries', async () => {
      const stream = newStream();
      const event = newEvent({ data: { amount: 1 } });
      const first = await appended(use(), stream, 'no-stream', [event]);
      expect(await appended(use(), stream, 'no-stream', [{ ...event, data: { amount: 2 } }])).toEqual(first);
    });

    it('writes nothing', async () => {
      const stream = newStream();
      const events = newEvents(3);
      await appended(use(), stream, 'no-stream', events);
      await appended(use(), stream, 'no-stream', events);
      await appended(use(), stream, 'no-stream', events);
      expect(ids(await use().readStream(stream, 0, 100))).toEqual(ids(events));
    });

    it('made ten times at once is recorded once', async () => {
      const stream = newStream();
      const events = newEvents(3);
      const results = await Promise.all(Array.from({ length: 10 }, () => use().append(stream, 'no-stream', events)));
      const recorded = await use().readStream(stream, 0, 100);
      expect(ids(recorded)).toEqual(ids(events));
      expect(results.map(eventsOf)).toEqual(results.map(() => recorded));
    });

    it('is one only at the expected revision of the first', async () => {
      const stream = newStream();
      const events = newEvents(2);
      await appended(use(), stream, 'no-stream', newEvents(4));
      await appended(use(), stream, 3, events);
      expect(await use().append(stream, 2, events)).toEqual({ outcome: 'conflict', actual: 5 });
      expect(await use().append(stream, 'no-stream', events)).toEqual({ outcome: 'conflict', actual: 5 });
    });

    it('is none with the same ids in another order', async () => {
      const stream = newStream();
      const events = newEvents(3);
      await appended(use(), stream, 'no-stream', events);
      const other = events.toReversed();
      expect(await use().append(stream, 'no-stream', other)).toEqual({ outcome: 'conflict', actual: 2 });
    });

    it.each([0, 1, 2])('is none when the id in slot %d differs', async (slot) => {
      const stream = newStream();
      const events = newEvents(3);
      await appended(use(), stream, 'no-stream', events);
      const other = events.with(slot, { ...newEvent(), id: randomUUID() });
      expect(await use().append(stream, 'no-stream', other)).toEqual({ outcome: 'conflict', actual: 2 });
      expect(ids(await use().readStream(stream, 0, 100))).toEqual(ids(events));
    });

    it('is none when it reaches beyond the end of the stream', async () => {
      const stream = newStream();
      const events = newEvents(2);
      await appended(use(), stream, 'no-stream', events);
      const longer = [...events, newEvent()];
      expect(await use().append(stream, 'no-stream', longer)).toEqual({ outcome: 'conflict', actual: 1 });
      expect(ids(await use().readStream(stream, 0, 100))).toEqual(ids(events));
    });

    it('in another stream is an append of its own', async () => {
      const [one, other] = [newStream(), newStream()];
      const events = newEvents(2);
      await appended(use(), one, 'no-stream', events);
      await appended(use(), other, 'no-stream', events);
      expect(ids(await use().readStream(other, 0, 100))).toEqual(ids(events));
    });
  });
}
