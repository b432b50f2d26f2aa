import { MemoryEventStore } from '#testing/memory-event-store.js';
import { AppendTooLarge, type EventToAppend, type ExpectedRevision } from '../event-store.js';
import { context, start, writerOn } from './testing/counting-starts.js';

describe('a store with a limit', () => {
  it('gets a batch that is more than it takes at once in pieces: nothing is lost or reordered', async () => {
    const sizes: number[] = [];
    class SmallStore extends MemoryEventStore {
      override async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]) {
        if (events.length > 3) throw new AppendTooLarge(stream, events.length);
        sizes.push(events.length);
        return super.append(stream, expected, events);
      }
    }
    const writer = writerOn(new SmallStore());
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => writer.execute('a', start, context())));
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && outcome.revision)).toEqual(
      Array.from({ length: 20 }, (_, i) => i),
    );
    expect(Math.max(...sizes)).toBe(3);
    expect(writer.heldStreams).toBe(1);
  });

  it('gets no command that is more than it takes: that one is told, and the next goes on', async () => {
    const store = new MemoryEventStore();
    const tooLarge = new AppendTooLarge('auction-a', 2_000_000);
    store.beforeAppend = () => {
      throw tooLarge;
    };
    const writer = writerOn(store);
    await expect(writer.execute('a', start, context())).rejects.toBe(tooLarge);
    store.beforeAppend = () => undefined;
    expect(await writer.execute('a', start, context())).toMatchObject({ kind: 'accepted', revision: 0 });
  });
});
