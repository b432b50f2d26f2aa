import { MemoryEventStore } from '#testing/memory-event-store.js';
import { eventId } from '../event-id.js';
import { StoreUnavailable } from '../event-store.js';
import { Overloaded } from './command-context.js';
import { context, start, started, writerOn } from './testing/counting-starts.js';

describe('the stream writer', () => {
  let store: MemoryEventStore;
  beforeEach(() => {
    store = new MemoryEventStore();
  });

  it('commits a command and answers with its events, state, revision and position', async () => {
    const outcome = await writerOn(store).execute('a', start, context({ commandId: 'c1' }));
    expect(outcome).toEqual({
      kind: 'accepted',
      events: [
        {
          id: eventId('auction-a', 'c1', 0),
          stream: 'auction-a',
          revision: 0,
          position: '1',
          ...started,
          metadata: { commandId: 'c1', correlationId: 'request', causationId: 'request', actor: 'system' },
          recordedAt: 0,
        },
      ],
      state: { started: 1 },
      revision: 0,
      position: '1',
      repeated: false,
    });
  });

  it('decides what waits in order, commits it as one batch, and tells each command its own state', async () => {
    const batches: [number, number][] = [];
    const writer = writerOn(store, { onBatch: (count, events) => batches.push([count, events]) });
    const four = () => Promise.all([1, 2, 3, 4].map(() => writer.execute('a', start, context())));
    const outcomes = await four();
    await new Promise(setImmediate);
    outcomes.push(...(await four()));
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && [outcome.revision, outcome.state])).toEqual(
      outcomes.map((_, i) => [i, { started: i + 1 }]),
    );
    // While the stream is loaded all four wait; later three of them wait for the append of the first.
    expect(batches).toEqual([
      [4, 4],
      [1, 1],
      [3, 3],
    ]);
  });

  it('answers a refusal and an unchanged command without storing anything', async () => {
    const writer = writerOn(store);
    await writer.execute('a', start, context());
    expect(await writer.execute('a', { type: 'cancel' }, context())).toEqual({
      kind: 'refused',
      refusal: { code: 'auction-ended' },
      state: { started: 1 },
    });
    expect(await writer.execute('a', { type: 'nothing' }, context())).toEqual({
      kind: 'unchanged',
      state: { started: 1 },
      revision: 0,
      position: '1',
    });
    expect(await store.head()).toBe('1');
  });

  it('repeats the identical append when the reply was lost: stored once', async () => {
    store.plan('lose-reply', 'lose-reply');
    expect(await writerOn(store).execute('a', start, context())).toMatchObject({ kind: 'accepted', revision: 0 });
    expect(await store.head()).toBe('1');
  });

  it('rejects every command of a batch that the store refused, and goes on with the next', async () => {
    const writer = writerOn(store);
    store.plan('fail');
    await expect(writer.execute('a', start, context())).rejects.toThrow(StoreUnavailable);
    expect(await writer.execute('a', start, context())).toMatchObject({ kind: 'accepted', revision: 0 });
  });

  it('folds afresh after an append whose fate stayed unknown', async () => {
    const writer = writerOn(store);
    store.plan('lose-reply', 'lose-reply', 'lose-reply', 'lose-reply');
    await expect(writer.execute('a', start, context())).rejects.toThrow(StoreUnavailable);
    expect(await writer.execute('a', start, context())).toMatchObject({ revision: 1, state: { started: 2 } });
  });

  it('carries out a command under a key once, and answers its repeat with the first events', async () => {
    const writer = writerOn(store);
    const keyed = context({ requestDigest: 'body' });
    const first = await writer.execute('a', start, keyed);
    await writer.execute('a', start, context());
    const repeat = await writer.execute('a', start, keyed);
    expect(repeat).toEqual({ ...first, state: { started: 2 }, repeated: true });
    expect(await store.head()).toBe('2');
  });

  it('knows a repeat inside one batch, and after a restart', async () => {
    const keyed = context({ requestDigest: 'body' });
    const writer = writerOn(store);
    const outcomes = await Promise.all([
      writer.execute('a', start, context()),
      writer.execute('a', start, keyed),
      writer.execute('a', start, keyed),
    ]);
    const restarted = await writerOn(store).execute('a', start, keyed);
    expect([...outcomes, restarted].map((o) => o.kind === 'accepted' && [o.revision, o.repeated])).toEqual([
      [0, false],
      [1, false],
      [1, true],
      [1, true],
    ]);
  });

  it('refuses another body under the same key', async () => {
    const writer = writerOn(store);
    const keyed = context({ requestDigest: 'body' });
    await writer.execute('a', start, keyed);
    expect(await writer.execute('a', start, { ...keyed, requestDigest: 'other' })).toEqual({ kind: 'key-reused' });
  });

  it('refuses a command that expects other revisions, also behind commands of the same batch', async () => {
    const writer = writerOn(store);
    const outcomes = await Promise.all([
      writer.execute('a', start, context()),
      writer.execute('a', start, context({ expectedRevisions: [3, 0] })),
      writer.execute('a', start, context({ expectedRevisions: [0, 2] })),
      writer.execute('a', start, context({ expectedRevisions: [] })),
    ]);
    expect(outcomes.map((o) => (o.kind === 'stale' ? o : o.kind))).toEqual([
      'accepted',
      'accepted',
      { kind: 'stale', actual: 1 },
      { kind: 'stale', actual: 1 },
    ]);
  });

  it.each(['break', 'unfoldable'] as const)('lets a defect cost its own command only: %s', async (defect) => {
    const writer = writerOn(store);
    const results = await Promise.allSettled([
      writer.execute('a', start, context()),
      writer.execute('a', { type: defect }, context()),
      writer.execute('a', start, context()),
    ]);
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.head()).toBe('2');
  });

  it('does not make one stream wait for another', async () => {
    const writer = writerOn(store);
    let release: () => void = () => undefined;
    const read = store.readStream.bind(store);
    store.readStream = (stream, from, count) =>
      stream === 'auction-slow'
        ? new Promise((resolve) => {
            release = () => resolve(read(stream, from, count));
          })
        : read(stream, from, count);
    const slow = writer.execute('slow', start, context());
    expect(await writer.execute('quick', start, context())).toMatchObject({ kind: 'accepted' });
    release();
    expect(await slow).toMatchObject({ kind: 'accepted' });
  });

  it('reads a stream that was loaded a moment ago from there on', async () => {
    const [writer, other] = [writerOn(store), writerOn(store)];
    await other.execute('a', start, context());
    expect(await writer.load('a')).toMatchObject({ state: { started: 1 }, revision: 0 });
    await other.execute('a', start, context());
    const reads: [string, number][] = [];
    const { readStream } = Object.getPrototypeOf(store) as MemoryEventStore;
    store.readStream = (stream, from, count) => {
      reads.push([stream, from]);
      return readStream.call(store, stream, from, count);
    };
    expect(await writer.load('a')).toMatchObject({ state: { started: 2 }, revision: 1 });
    expect(reads).toEqual([['auction-a', 1]]);
  });

  it('holds no state of a stream that does not exist, and a bounded number of idle ones', async () => {
    const writer = writerOn(store, { maxIdleStreams: 2 });
    await writer.execute('missing', { type: 'nothing' }, context());
    await writer.drained();
    expect(writer.heldStreams).toBe(0);
    for (const id of ['a', 'b', 'c']) await writer.execute(id, start, context());
    await writer.drained();
    expect(writer.heldStreams).toBe(2);
  });

  it('lets go of states that were idle for too long', async () => {
    const writer = writerOn(store, { idleMs: 1 });
    await writer.execute('a', start, context());
    await writer.drained();
    await new Promise((resolve) => setTimeout(resolve, 10));
    writer.evictIdle();
    expect(writer.heldStreams).toBe(0);
  });

  it('turns commands away when too many wait', async () => {
    const writer = writerOn(store, { maxWaiting: 1 });
    const first = writer.execute('a', start, context());
    await expect(writer.execute('a', start, context())).rejects.toThrow(Overloaded);
    expect(await first).toMatchObject({ kind: 'accepted' });
  });

  it('rejects what waits behind a batch that the store does not take: nothing overtakes what is repeated later', async () => {
    const writer = writerOn(store);
    store.plan('fail');
    const results = await Promise.allSettled([1, 2, 3].map(() => writer.execute('a', start, context())));
    expect(results.map((r) => r.status === 'rejected' && r.reason.message)).toEqual([
      'planned failure',
      'planned failure',
      'planned failure',
    ]);
    expect(await store.head()).toBe(null);
    expect(await writer.execute('a', start, context())).toMatchObject({ kind: 'accepted', revision: 0 });
    await writer.drained();
  });

  it('decides commands that are handed over together as one batch', async () => {
    const batches: number[] = [];
    const writer = writerOn(store, { onBatch: (count) => batches.push(count) });
    const attempts = writer.attemptAll(
      'a',
      [1, 2, 3].map(() => ({ command: start, context: context() })),
    );
    const outcomes = await Promise.all(attempts.map(({ outcome }) => outcome));
    expect(outcomes.map((o) => o.kind === 'accepted' && o.revision)).toEqual([0, 1, 2]);
    expect(batches).toEqual([3]);
  });
});
