import type { EventStore } from '../event-store.js';
import type { StoreHarness, UseStore } from './harness.js';
import { appended, asRecorded, followOf, known, newEvent, newStream, readAllOf } from './samples.js';

export function describeRoundTrips(use: UseStore, harness: StoreHarness): void {
  describe('what is read', () => {
    it.each([
      ['text of every script', { text: 'Zürich, 東京, עברית, 👩‍👩‍👧, \u0000 \u001f " \\ \u2028' }],
      ['keys of every script', { ключ: 1, '': 2, 'a.b': 3, __proto: 4 }],
      [
        'numbers',
        { least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER, part: 0.1, tiny: 5e-324, huge: 1e308 },
      ],
      ['nothing in all its forms', { none: null, list: [], object: {}, text: '', no: false, zero: 0 }],
      ['depth', { a: [{ b: [[{ c: 'd' }], null] }] }],
      ['a text like SQL and one like JSON', { sql: "'; DROP TABLE events; --", json: '{"a":1}' }],
    ])('is what was appended: %s', async (_, data) => {
      const stream = newStream();
      const events = [newEvent({ data })];
      await appended(use(), stream, 'no-stream', events);
      expect(known(await use().readStream(stream, 0, 1))).toEqual(asRecorded(stream, 0, events));
    });

    it('is what was appended: 900 KiB in one append', async () => {
      const stream = newStream();
      const events = Array.from({ length: 9 }, (_, i) => newEvent({ data: { text: String(i).repeat(100 * 1_024) } }));
      await appended(use(), stream, 'no-stream', events);
      expect(known(await use().readStream(stream, 0, 100))).toEqual(asRecorded(stream, 0, events));
    });

    it('has all the metadata', async () => {
      const stream = newStream();
      const metadata = {
        commandId: 'command-é',
        correlationId: 'request-1',
        causationId: 'event-7',
        actor: 'system',
        requestDigest: 'c0ffee',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      };
      await appended(use(), stream, 'no-stream', [newEvent({ metadata })]);
      expect((await use().readStream(stream, 0, 1)).map((event) => event.metadata)).toEqual([metadata]);
    });

    it('has the time of its recording, the same for every reader', async () => {
      const stream = newStream();
      const after = await use().head();
      const [event] = await appended(use(), stream, 'no-stream', [newEvent()]);
      expect(Number.isSafeInteger(event?.recordedAt)).toBe(true);
      expect(await use().readStream(stream, 0, 1)).toEqual([event]);
      expect(await readAllOf(use(), [stream], after)).toEqual([event]);
    });

    it('is kept apart for streams whose names differ little', async () => {
      const stream = newStream();
      const names = [stream, `${stream} `, `${stream}-1`, stream.toUpperCase(), `${stream}é`, `${stream}e\u0301`];
      const events = names.map(() => [newEvent()]);
      await Promise.all(names.map((name, i) => appended(use(), name, 'no-stream', events[i] ?? [])));
      const found = await Promise.all(names.map((name) => use().readStream(name, 0, 10)));
      expect(found.map(known)).toEqual(names.map((name, i) => asRecorded(name, 0, events[i] ?? [])));
    });
  });

  describe('data of an older version', () => {
    const upcast = (_type: string, version: number, data: unknown) => ({
      data: version === 1 ? { ...(data as object), currency: 'EUR' } : (data as object),
    });
    const old = newEvent({ version: 1, data: { amount: 1 } });
    const current = newEvent({ version: 2, data: { amount: 2, currency: 'USD' } });
    const newest = [{ amount: 1, currency: 'EUR' }, current.data];
    let store: EventStore;
    beforeAll(async () => {
      store = await harness.open({ upcast });
    });
    afterAll(() => store.close());

    it('is read in the newest one, whichever way it is read', async () => {
      const stream = newStream();
      const after = await store.head();
      const answers = [
        await appended(store, stream, 'no-stream', [old, current]),
        await appended(store, stream, 'no-stream', [old, current]),
        await store.readStream(stream, 0, 10),
        await readAllOf(store, [stream], after),
        await followOf(store, [stream], 2, { after }),
      ];
      expect(answers.map((events) => events.map(({ data }) => data))).toEqual(answers.map(() => newest));
    });

    it('reaches a live follower in the newest one', async () => {
      const stream = newStream();
      const following = followOf(store, [stream], 2, { after: await store.head() });
      await appended(store, stream, 'no-stream', [old, current]);
      expect((await following).map(({ data }) => data)).toEqual(newest);
    });
  });
}
