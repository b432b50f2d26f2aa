import { appended, newEvents, newStream } from '#event-store/contract-suite/samples.js';
import type { Position, RecordedEvent } from '#event-store/event-store.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { until } from '#testing/until.js';
import { PublicLog } from './public-log.js';

/** Counts the looks at single positions. */
class WatchedStore extends MemoryEventStore {
  looks = 0;
  override idAt(position: Position) {
    this.looks += 1;
    return super.idAt(position);
  }
}

describe('the public log', () => {
  it('knows the events in memory without the store, and asks it for others', async () => {
    const store = new WatchedStore();
    const events = newEvents(2, { type: 'AuctionStarted' });
    const [old, recent] = (await appended(store, newStream(), 'no-stream', events)) as [RecordedEvent, RecordedEvent];
    const log = new PublicLog({ store, aliasOf: String, log: { error: () => {} } });
    log.start(old.position);
    await until(() => log.recentAfter(old.position, 1)?.entries.length === 1);
    const has = ({ position }: RecordedEvent, { id }: RecordedEvent) => log.has(position, (found) => found === id);
    expect([await has(recent, recent), await has(recent, old), store.looks]).toEqual([true, false, 0]);
    expect([await has(old, old), await has(old, recent), store.looks]).toEqual([true, false, 2]);
    expect(await log.has('99', () => true)).toBe(false);
    await log.stop();
    await store.close();
  });
});
