import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { EventStore, RecordedEvent } from '../event-store.js';
import type { UseStore } from './harness.js';
import { appended, followOf, ids, lastOf, newEvent, newEvents, newStream, readAllOf } from './samples.js';

export function describeFollowing(use: UseStore): void {
  describe('following', () => {
    it('from the beginning gives what is stored, then what is committed', async () => {
      const stream = newStream();
      const stored = await appended(use(), stream, 'no-stream', newEvents(5));
      const following = followOf(use(), [stream], 8, { after: null });
      const live = await appended(use(), stream, 4, newEvents(3));
      expect(await following).toEqual([...stored, ...live]);
    });

    it('from a position gives exactly what is behind it', async () => {
      const stream = newStream();
      const stored = await appended(use(), stream, 'no-stream', newEvents(5));
      const following = followOf(use(), [stream], 4, { after: stored[2]?.position ?? null });
      const live = await appended(use(), stream, 4, newEvents(2));
      expect(await following).toEqual([...stored.slice(3), ...live]);
    });

    it('from the head gives only what is committed from then on', async () => {
      const stream = newStream();
      await appended(use(), stream, 'no-stream', newEvents(5));
      const following = followOf(use(), [stream], 3, { after: await use().head() });
      const live = await appended(use(), stream, 4, newEvents(3));
      expect(await following).toEqual(live);
    });

    it('gives events of all streams in the order of their commits', async () => {
      const streams = [newStream(), newStream(), newStream()];
      const after = await use().head();
      const following = followOf(use(), streams, 60, { after });
      await Promise.all(streams.map((stream) => appendOneByOne(use(), stream, 20)));
      expect(await following).toEqual(await readAllOf(use(), streams, after));
    });

    it('goes on where it was stopped', async () => {
      const stream = newStream();
      const after = await use().head();
      const events = await appended(use(), stream, 'no-stream', newEvents(10));
      const first = await followOf(use(), [stream], 1, { after });
      const rest = await followOf(use(), [stream], 1, { after: events[3]?.position ?? null });
      expect(first).toEqual(events.slice(0, first.length));
      expect(rest).toEqual(events.slice(4, 4 + rest.length));
    });

    it('hands over from stored to live events under load without gap or duplicate', async () => {
      const streams = Array.from({ length: 8 }, newStream);
      const after = await use().head();
      const writing = Promise.all(streams.map((stream) => appendOneByOne(use(), stream, 60)));
      const followers: Promise<RecordedEvent[]>[] = [];
      for (let i = 0; i < 12; i += 1) {
        followers.push(followOf(use(), streams, 480, { after }));
        await pause(5);
      }
      await writing;
      const committed = await readAllOf(use(), streams, after);
      for (const follower of followers) expect(await follower).toEqual(committed);
    });

    it('gives several followers the same', async () => {
      const stream = newStream();
      const after = await use().head();
      const followers = Array.from({ length: 5 }, () => followOf(use(), [stream], 30, { after }));
      await appendOneByOne(use(), stream, 30);
      const events = await use().readStream(stream, 0, 100);
      expect(await Promise.all(followers)).toEqual(followers.map(() => events));
    });

    it('loses nothing for a slow follower', async () => {
      const stream = newStream();
      const following = followOf(use(), [stream], 400, { after: await use().head() }, () => pause(10));
      await appendOneByOne(use(), stream, 400);
      expect(await following).toEqual(await use().readStream(stream, 0, 1_000));
    });

    it('is not held up by a follower that has stopped taking events', async () => {
      const stream = newStream();
      const after = await use().head();
      const stop = new AbortController();
      const stuck = use().follow({ after, signal: stop.signal })[Symbol.asyncIterator]();
      const first = stuck.next();
      const following = followOf(use(), [stream], 20, { after });
      await appendOneByOne(use(), stream, 20);
      expect((await following).length).toBe(20);
      stop.abort();
      await first;
      expect((await stuck.next()).done).toBe(true);
    });

    it('gives only the types that are asked for, stored and live', async () => {
      const stream = newStream();
      const mixed = () => ['BidPlaced', 'LotClosed', 'BidPlaced', 'LotSold'].map((type) => newEvent({ type }));
      const after = await use().head();
      const stored = await appended(use(), stream, 'no-stream', mixed());
      const batches: (readonly RecordedEvent[])[] = [];
      const types = ['LotSold', 'LotClosed'];
      const following = followOf(use(), [stream], 4, { after, types }, (batch) => void batches.push(batch));
      const live = await appended(use(), stream, 3, mixed());
      const wanted = [...stored, ...live].filter(({ type }) => types.includes(type));
      expect(await following).toEqual(wanted);
      expect(batches.every((batch) => batch.length > 0)).toBe(true);
      expect(batches.flat().every(({ type }) => types.includes(type))).toBe(true);
    });

    it('ends when it is aborted while it waits', async () => {
      const stop = new AbortController();
      const batches = collect(use(), stop.signal, await use().head());
      await pause(20);
      stop.abort();
      await expect(batches).resolves.toBeDefined();
    });

    it('ends at once when it was aborted before', async () => {
      await appended(use(), newStream(), 'no-stream', newEvents(2));
      expect(await collect(use(), AbortSignal.abort(), null)).toEqual([]);
    });

    it('gives nothing more once it is aborted', async () => {
      const stream = newStream();
      const stop = new AbortController();
      const batches = collect(use(), stop.signal, await use().head());
      await nextTurn();
      stop.abort();
      await appended(use(), stream, 'no-stream', newEvents(3));
      expect(ids((await batches).flat().filter((event) => event.stream === stream))).toEqual([]);
    });

    it('can be left with break, and the store goes on', async () => {
      const stream = newStream();
      const after = await use().head();
      const events = await appended(use(), stream, 'no-stream', newEvents(3));
      for (let round = 0; round < 20; round += 1) {
        const stop = new AbortController();
        for await (const _ of use().follow({ after, signal: stop.signal })) break;
      }
      expect(await use().readStream(stream, 0, 10)).toEqual(events);
    });

    it('gives 3,000 stored events and then the next one', async () => {
      const stream = newStream();
      const after = await use().head();
      for (let end = -1; end < 2_999; end += 500) {
        await appended(use(), stream, end === -1 ? 'no-stream' : end, newEvents(500));
      }
      const following = followOf(use(), [stream], 3_001, { after });
      const [last] = await appended(use(), stream, 2_999, [newEvent()]);
      const found = await following;
      expect(found).toEqual(await use().readStream(stream, 0, 10_000));
      expect(lastOf(found)).toEqual(last);
    });
  });
}

async function appendOneByOne(store: EventStore, stream: string, count: number): Promise<void> {
  for (let revision = 0; revision < count; revision += 1) {
    await appended(store, stream, revision === 0 ? 'no-stream' : revision - 1, [newEvent()]);
  }
}

async function collect(store: EventStore, signal: AbortSignal, after: string | null) {
  const batches: (readonly RecordedEvent[])[] = [];
  for await (const batch of store.follow({ after, signal })) batches.push(batch);
  return batches;
}
