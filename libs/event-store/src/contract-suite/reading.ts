import { comparePositions, type RecordedEvent } from '../event-store.js';
import type { UseStore } from './harness.js';
import { appended, asRecorded, ids, known, lastOf, newEvent, newEvents, newStream, readAllOf } from './samples.js';

export function describeReading(use: UseStore): void {
  describe('reading a stream', () => {
    it('answers nothing for a stream that does not exist', async () => {
      expect(await use().readStream(newStream(), 0, 10)).toEqual([]);
    });

    it('begins at the revision that is asked for, and includes it', async () => {
      const stream = newStream();
      const events = newEvents(5);
      await appended(use(), stream, 'no-stream', events);
      expect(known(await use().readStream(stream, 2, 10))).toEqual(asRecorded(stream, 2, events.slice(2)));
    });

    it('answers at most as many events as are asked for', async () => {
      const stream = newStream();
      const events = newEvents(5);
      await appended(use(), stream, 'no-stream', events);
      expect(ids(await use().readStream(stream, 1, 3))).toEqual(ids(events.slice(1, 4)));
      expect(ids(await use().readStream(stream, 0, 5))).toEqual(ids(events));
    });

    it('answers nothing behind the end', async () => {
      const stream = newStream();
      await appended(use(), stream, 'no-stream', newEvents(3));
      expect(await use().readStream(stream, 3, 10)).toEqual([]);
      expect(await use().readStream(stream, 100, 10)).toEqual([]);
    });

    it('gives the whole in pages of any size', async () => {
      const stream = newStream();
      const events = newEvents(25);
      await appended(use(), stream, 'no-stream', events);
      for (const size of [1, 5, 7, 24, 25, 26]) {
        const found: RecordedEvent[] = [];
        for (let from = 0; from < events.length; from += size) {
          found.push(...(await use().readStream(stream, from, size)));
        }
        expect(known(found)).toEqual(asRecorded(stream, 0, events));
      }
    });

    it('gives 2,500 events in one call', async () => {
      const stream = newStream();
      const events = newEvents(2_500);
      for (let from = 0; from < events.length; from += 500) {
        await appended(use(), stream, from === 0 ? 'no-stream' : from - 1, events.slice(from, from + 500));
      }
      expect(known(await use().readStream(stream, 0, 10_000))).toEqual(asRecorded(stream, 0, events));
      expect(ids(await use().readStream(stream, 700, 1_500))).toEqual(ids(events.slice(700, 2_200)));
    });

    it('sees no other stream', async () => {
      const [one, other] = [newStream(), newStream()];
      const events = newEvents(4);
      await appended(use(), one, 'no-stream', events.slice(0, 2));
      await appended(use(), other, 'no-stream', newEvents(3));
      await appended(use(), one, 1, events.slice(2));
      expect(ids(await use().readStream(one, 0, 100))).toEqual(ids(events));
    });

    it('shows an event as soon as its append is answered', async () => {
      const stream = newStream();
      for (let revision = 0; revision < 30; revision += 1) {
        const [event] = await appended(use(), stream, revision === 0 ? 'no-stream' : revision - 1, [newEvent()]);
        expect(await use().readStream(stream, revision, 10)).toEqual([event]);
      }
    });

    it.each([
      [-1, 10],
      [0, 0],
      [0, -5],
      [0.5, 10],
    ])('refuses revision %d and count %d as a programming error', async (from, count) => {
      await expect(use().readStream(newStream(), from, count)).rejects.toThrow(TypeError);
    });
  });

  describe('reading all streams', () => {
    it('gives the events in the order of their commits', async () => {
      const [one, other] = [newStream(), newStream()];
      const after = await use().head();
      const committed = [
        ...(await appended(use(), one, 'no-stream', newEvents(2))),
        ...(await appended(use(), other, 'no-stream', newEvents(3))),
        ...(await appended(use(), one, 1, newEvents(2))),
      ];
      expect(await readAllOf(use(), [one, other], after)).toEqual(committed);
    });

    it('gives each event once, in the order of its stream, after concurrent appends', async () => {
      const streams = Array.from({ length: 20 }, newStream);
      const after = await use().head();
      await Promise.all(
        streams.map(async (stream) => {
          await appended(use(), stream, 'no-stream', newEvents(2));
          await appended(use(), stream, 1, newEvents(3));
        }),
      );
      const found = await readAllOf(use(), streams, after);
      expect(found.length).toBe(100);
      for (const stream of streams) {
        const ofStream = found.filter((event) => event.stream === stream);
        expect(ofStream).toEqual(await use().readStream(stream, 0, 10));
      }
    });

    it('begins behind the position that is given, and excludes it', async () => {
      const stream = newStream();
      const events = await appended(use(), stream, 'no-stream', newEvents(5));
      expect(await readAllOf(use(), [stream], events[1]?.position ?? null)).toEqual(events.slice(2));
    });

    it('answers at most as many events as are asked for', async () => {
      const stream = newStream();
      await appended(use(), stream, 'no-stream', newEvents(5));
      expect((await use().readAll(null, 3)).length).toBe(3);
    });

    it('gives the whole in pages of any size', async () => {
      const stream = newStream();
      const after = await use().head();
      const events = await appended(use(), stream, 'no-stream', newEvents(12));
      for (const size of [1, 5, 12, 13]) {
        const found: RecordedEvent[] = [];
        for (let from = after; found.length < events.length; ) {
          const page = await use().readAll(from, size);
          found.push(...page.filter((event) => event.stream === stream));
          from = lastOf(page).position;
        }
        expect(found).toEqual(events);
      }
    });

    it('gives only the types that are asked for', async () => {
      const stream = newStream();
      const after = await use().head();
      const types = ['BidPlaced', 'LotClosed', 'OutOfStock', 'LotClosed', 'BidPlaced', 'LotSold'];
      const events = await appended(
        use(),
        stream,
        'no-stream',
        types.map((type) => newEvent({ type })),
      );
      const wanted = events.filter(({ type }) => type === 'LotClosed' || type === 'OutOfStock');
      expect(await readAllOf(use(), [stream], after, ['OutOfStock', 'LotClosed'])).toEqual(wanted);
      expect(await readAllOf(use(), [stream], events[1]?.position ?? null, ['LotClosed'])).toEqual([events[3]]);
      expect(await readAllOf(use(), [stream], after, ['AuctionCancelled'])).toEqual([]);
    });

    it('answers nothing of a stream behind its last event', async () => {
      const stream = newStream();
      const events = await appended(use(), stream, 'no-stream', newEvents(2));
      expect(await readAllOf(use(), [stream], lastOf(events).position)).toEqual([]);
    });
  });

  describe('positions', () => {
    it('rise with every event', async () => {
      const [one, other] = [newStream(), newStream()];
      const events = [
        ...(await appended(use(), one, 'no-stream', newEvents(3))),
        ...(await appended(use(), other, 'no-stream', newEvents(3))),
        ...(await appended(use(), one, 2, newEvents(3))),
      ];
      const steps = events.slice(1).map((event, i) => comparePositions(events[i]?.position ?? '', event.position));
      expect(steps.every((step) => step < 0)).toBe(true);
    });

    it('of an event never lie behind the head', async () => {
      const events = await appended(use(), newStream(), 'no-stream', newEvents(3));
      const head = (await use().head()) ?? '';
      expect(comparePositions(lastOf(events).position, head)).toBeLessThanOrEqual(0);
    });

    it('name the event that stands there, and nothing where there is none', async () => {
      const [one, other] = [newStream(), newStream()];
      const events = [
        ...(await appended(use(), one, 'no-stream', newEvents(3))),
        ...(await appended(use(), other, 'no-stream', newEvents(2))),
      ];
      expect(await Promise.all(events.map(({ position }) => use().idAt(position)))).toEqual(ids(events));
      const last = BigInt(lastOf(events).position);
      const nowhere = [0n, last + 1_000_000_000n, 2n ** 63n - 1n, 2n ** 64n - 1n];
      expect(await Promise.all(nowhere.map((position) => use().idAt(String(position))))).toEqual([
        null,
        null,
        null,
        null,
      ]);
    });

    it('compare as numbers', () => {
      expect(comparePositions('9', '10')).toBeLessThan(0);
      expect(comparePositions('10', '9')).toBeGreaterThan(0);
      expect(comparePositions('18446744073709551615', '18446744073709551614')).toBeGreaterThan(0);
      expect(comparePositions('7', '7')).toBe(0);
    });
  });
}
