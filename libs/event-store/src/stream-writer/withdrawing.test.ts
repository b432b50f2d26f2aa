import { MemoryEventStore } from '#testing/memory-event-store.js';
import { context, start, started, writerOn } from './testing/counting-starts.js';

describe('a command that is withdrawn', () => {
  let store: MemoryEventStore;
  beforeEach(() => {
    store = new MemoryEventStore();
  });

  it('while it waits was never tried and never will be', async () => {
    const writer = writerOn(store);
    const first = writer.execute('a', start, context());
    const second = writer.attempt('a', start, context());
    expect(second.withdraw()).toBeNull();
    await first;
    await writer.drained();
    expect(await store.head()).toBe('1');
  });

  it('while its append is in flight tells behind which revision it may stand', async () => {
    const writer = writerOn(store);
    await writer.execute('a', start, context());
    let attempt: ReturnType<typeof writer.attempt> | undefined;
    let triedBehind: number | null | undefined;
    store.beforeAppend = () => {
      triedBehind = attempt?.withdraw();
    };
    attempt = writer.attempt('a', start, context());
    await attempt.outcome;
    expect(triedBehind).toBe(0);
    await writer.drained();
  });

  it('is not decided again behind a conflict', async () => {
    const writer = writerOn(store);
    let attempt: ReturnType<typeof writer.attempt> | undefined;
    store.beforeAppend = (stream) => {
      store.beforeAppend = () => undefined;
      store.commit(stream, 'no-stream', [{ id: 'rival', version: 1, ...started, metadata: context() }]);
      attempt?.withdraw();
    };
    attempt = writer.attempt('a', start, context());
    await writer.execute('a', start, context());
    expect((await store.readStream('auction-a', 0, 9)).map(({ revision }) => revision)).toEqual([0, 1]);
  });

  it('and tried again without a key is found, also among others and behind a conflict', async () => {
    const writer = writerOn(store);
    await writer.execute('a', start, context());
    const tried = context();
    const first = await writer.execute('a', start, tried);
    for (let i = 0; i < 3; i += 1) await writer.execute('a', start, context());
    const again = { ...tried, requestDigest: 'spooled', triedBehind: 0 };
    const elsewhere = writerOn(store);
    const [repeat, fresh] = await Promise.all([
      elsewhere.execute('a', start, again),
      elsewhere.execute('a', start, context({ requestDigest: 'spooled', triedBehind: 0 })),
    ]);
    expect(repeat).toMatchObject({ kind: 'accepted', repeated: true, revision: 1 });
    expect(repeat.kind === 'accepted' && first.kind === 'accepted' && repeat.events).toEqual(
      first.kind === 'accepted' && first.events,
    );
    expect(fresh).toMatchObject({ kind: 'accepted', repeated: false, revision: 5 });
  });
});
