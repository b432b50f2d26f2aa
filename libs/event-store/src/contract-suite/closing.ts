import type { EventStore } from '../event-store.js';
import { StoreUnavailable } from '../event-store.js';
import type { StoreHarness } from './harness.js';
import { appended, newEvent, newEvents, newStream } from './samples.js';

export function describeClosing(harness: StoreHarness): void {
  describe('closing', () => {
    let store: EventStore;
    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(() => store.close());

    it('commits what was handed over before', async () => {
      const appends = Array.from({ length: 20 }, () => store.append(newStream(), 'no-stream', newEvents(2)));
      await store.close();
      expect((await Promise.all(appends)).map(({ outcome }) => outcome)).toEqual(appends.map(() => 'appended'));
    });

    it('ends the followers, also one that waits', async () => {
      const stream = newStream();
      const after = await store.head();
      const [event] = await appended(store, stream, 'no-stream', [newEvent()]);
      const seen: unknown[] = [];
      const following = (async () => {
        for await (const batch of store.follow({ after, signal: new AbortController().signal })) seen.push(...batch);
      })();
      while (seen.length === 0) await store.head();
      await store.close();
      await following;
      expect(seen).toContainEqual(event);
    });

    it('makes what comes later unavailable, and says that nothing was written', async () => {
      await store.close();
      const refused = await store.append(newStream(), 'no-stream', [newEvent()]).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(StoreUnavailable);
      expect(refused).toMatchObject({ ambiguous: false });
      await expect(store.readStream(newStream(), 0, 1)).rejects.toThrow(StoreUnavailable);
      await expect(store.readAll(null, 1)).rejects.toThrow(StoreUnavailable);
      await expect(store.head()).rejects.toThrow(StoreUnavailable);
    });

    it('may be asked for twice', async () => {
      await Promise.all([store.close(), store.close()]);
      await store.close();
    });
  });
}
