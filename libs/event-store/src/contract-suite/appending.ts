import type { AppendResult } from '../event-store.js';
import type { UseStore } from './harness.js';
import { appended, asRecorded, eventsOf, ids, known, newEvent, newEvents, newStream } from './samples.js';

export function describeAppending(use: UseStore): void {
  describe('appending', () => {
    it('begins a stream at revision 0', async () => {
      const stream = newStream();
      const events = [newEvent()];
      expect(known(await appended(use(), stream, 'no-stream', events))).toEqual(asRecorded(stream, 0, events));
    });

    it('goes on behind the expected revision', async () => {
      const stream = newStream();
      await appended(use(), stream, 'no-stream', [newEvent()]);
      const events = [newEvent()];
      expect(known(await appended(use(), stream, 0, events))).toEqual(asRecorded(stream, 1, events));
    });

    it('gives the events of a batch contiguous revisions, in their order', async () => {
      const stream = newStream();
      const [first, second] = [newEvents(3), newEvents(4)];
      await appended(use(), stream, 'no-stream', first);
      expect(known(await appended(use(), stream, 2, second))).toEqual(asRecorded(stream, 3, second));
      expect(known(await use().readStream(stream, 0, 100))).toEqual(asRecorded(stream, 0, [...first, ...second]));
    });

    it('answers with the events as readers see them', async () => {
      const stream = newStream();
      const answered = await appended(use(), stream, 'no-stream', newEvents(3));
      expect(answered).toEqual(await use().readStream(stream, 0, 100));
    });

    it('takes an append of 500 events', async () => {
      const stream = newStream();
      const events = newEvents(500);
      await appended(use(), stream, 'no-stream', events);
      expect(ids(await use().readStream(stream, 0, 1_000))).toEqual(ids(events));
    });

    it('refuses an append without events as a programming error', async () => {
      await expect(use().append(newStream(), 'no-stream', [])).rejects.toThrow(TypeError);
    });

    it.each([-1, 0.5, Number.NaN])('refuses %d as an expected revision as a programming error', async (revision) => {
      await expect(use().append(newStream(), revision, [newEvent()])).rejects.toThrow(TypeError);
    });

    it('refuses an event that no reader would understand, before anything is written', async () => {
      const stream = newStream();
      const unknown = [newEvent(), newEvent({ type: 'NeverDefined' })];
      await expect(use().append(stream, 'no-stream', unknown)).rejects.toThrow(/NeverDefined/);
      await expect(use().append(stream, 'no-stream', [newEvent({ version: 99 })])).rejects.toThrow(/99/);
      expect(await use().readStream(stream, 0, 10)).toEqual([]);
    });
  });

  describe('a conflict', () => {
    it('answers the last revision when the stream was expected not to exist', async () => {
      const stream = newStream();
      await appended(use(), stream, 'no-stream', newEvents(3));
      expect(await use().append(stream, 'no-stream', [newEvent()])).toEqual({ outcome: 'conflict', actual: 2 });
    });

    it('answers the last revision when an earlier one was expected', async () => {
      const stream = newStream();
      await appended(use(), stream, 'no-stream', newEvents(3));
      expect(await use().append(stream, 1, [newEvent()])).toEqual({ outcome: 'conflict', actual: 2 });
    });

    it('answers the last revision when a later one was expected', async () => {
      const stream = newStream();
      await appended(use(), stream, 'no-stream', newEvents(3));
      expect(await use().append(stream, 3, [newEvent()])).toEqual({ outcome: 'conflict', actual: 2 });
    });

    it('answers no-stream when a revision of a missing stream was expected', async () => {
      expect(await use().append(newStream(), 0, [newEvent()])).toEqual({ outcome: 'conflict', actual: 'no-stream' });
    });

    it('writes none of the events', async () => {
      const stream = newStream();
      const events = newEvents(2);
      await appended(use(), stream, 'no-stream', events);
      await use().append(stream, 0, newEvents(3));
      await use().append(stream, 7, newEvents(3));
      expect(ids(await use().readStream(stream, 0, 100))).toEqual(ids(events));
    });

    it('leaves the appends beside it alone', async () => {
      const streams = Array.from({ length: 30 }, newStream);
      const results = await Promise.all(
        streams.map((stream, i) => use().append(stream, i % 3 === 1 ? 5 : 'no-stream', newEvents(2))),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(
        streams.map((_, i) => (i % 3 === 1 ? 'conflict' : 'appended')),
      );
      const found = await Promise.all(streams.map((stream) => use().readStream(stream, 0, 10)));
      expect(found.map(({ length }) => length)).toEqual(streams.map((_, i) => (i % 3 === 1 ? 0 : 2)));
    });
  });

  describe('concurrent appends', () => {
    it('at one revision: exactly one wins, and the others are told where the stream ends', async () => {
      const stream = newStream();
      await appended(use(), stream, 'no-stream', [newEvent()]);
      const results = await Promise.all(Array.from({ length: 40 }, () => use().append(stream, 0, newEvents(2))));
      expectOneWinner(results, 2);
      expect(await use().readStream(stream, 1, 100)).toEqual(winnerOf(results));
    });

    it('to a stream that does not exist: exactly one begins it', async () => {
      const stream = newStream();
      const results = await Promise.all(
        Array.from({ length: 40 }, () => use().append(stream, 'no-stream', [newEvent()])),
      );
      expectOneWinner(results, 0);
      expect(await use().readStream(stream, 0, 100)).toEqual(winnerOf(results));
    });

    it('to many streams: each is written', async () => {
      const streams = Array.from({ length: 100 }, newStream);
      const events = streams.map(() => newEvents(2));
      const results = await Promise.all(
        streams.map((stream, i) => appended(use(), stream, 'no-stream', events[i] ?? [])),
      );
      expect(results.map(known)).toEqual(streams.map((stream, i) => asRecorded(stream, 0, events[i] ?? [])));
    });

    it('show readers whole batches only', async () => {
      const stream = newStream();
      let written = false;
      const write = async () => {
        await appended(use(), stream, 'no-stream', newEvents(7));
        for (let end = 6; end < 7 * 30; end += 7) await appended(use(), stream, end, newEvents(7));
        written = true;
      };
      const read = async () => {
        while (!written) expect((await use().readStream(stream, 0, 1_000)).length % 7).toBe(0);
      };
      await Promise.all([write(), read(), read()]);
    });
  });
}

const winnerOf = (results: readonly AppendResult[]) =>
  eventsOf(results.find(({ outcome }) => outcome === 'appended') as AppendResult);

function expectOneWinner(results: readonly AppendResult[], actual: number): void {
  const conflicts = results.filter(({ outcome }) => outcome === 'conflict');
  expect(conflicts).toEqual(Array.from({ length: results.length - 1 }, () => ({ outcome: 'conflict', actual })));
}
