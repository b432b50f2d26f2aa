import { comparePositions, type EventStore } from '../event-store.js';
import type { StoreHarness } from './harness.js';
import { appended, followOf, lastOf, newEvent, newEvents, newStream, readAllOf } from './samples.js';

export function describeReopening(harness: StoreHarness): void {
  const { reopen } = harness;
  if (reopen === undefined) return;

  describe('after it was reopened', () => {
    let store: EventStore;
    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(() => store.close());

    it('every event is there as it was answered', async () => {
      const [one, other] = [newStream(), newStream()];
      const after = await store.head();
      const answered = [
        ...(await appended(store, one, 'no-stream', newEvents(3))),
        ...(await appended(store, other, 'no-stream', newEvents(2))),
        ...(await appended(store, one, 2, newEvents(3))),
      ];
      store = await reopen(store);
      expect(await readAllOf(store, [one, other], after)).toEqual(answered);
    });

    it('streams go on at the next revision, behind every earlier position', async () => {
      const stream = newStream();
      const before = await appended(store, stream, 'no-stream', newEvents(3));
      store = await reopen(store);
      expect(await store.append(stream, 1, [newEvent()])).toEqual({ outcome: 'conflict', actual: 2 });
      const [event] = await appended(store, stream, 2, [newEvent()]);
      expect(event?.revision).toBe(3);
      expect(comparePositions(event?.position ?? '', lastOf(before).position)).toBeGreaterThan(0);
    });

    it('the repeat of an append is recognised', async () => {
      const stream = newStream();
      const events = newEvents(3);
      const answered = await appended(store, stream, 'no-stream', events);
      await appended(store, stream, 2, newEvents(2));
      store = await reopen(store);
      expect(await appended(store, stream, 'no-stream', events)).toEqual(answered);
      expect((await store.readStream(stream, 0, 100)).length).toBe(5);
    });

    it('a follower goes on from its position', async () => {
      const stream = newStream();
      const before = await appended(store, stream, 'no-stream', newEvents(4));
      store = await reopen(store);
      const following = followOf(store, [stream], 4, { after: before[1]?.position ?? null });
      const live = await appended(store, stream, 3, newEvents(2));
      expect(await following).toEqual([...before.slice(2), ...live]);
    });
  });
}
