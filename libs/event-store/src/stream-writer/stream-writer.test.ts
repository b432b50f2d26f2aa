import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { accepted, type Decider, refused, unchanged } from '#auction/decider.js';
import type { AuctionEvent } from '#contracts/events/auction-events.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { eventId } from '../event-id.js';
import { AppendTooLarge, type EventToAppend, type ExpectedRevision, StoreUnavailable } from '../event-store.js';
import { type CommandContext, Contention, Overloaded } from './command-context.js';
import { StreamWriter } from './stream-writer.js';
import type { StreamWriterOptions } from './stream-writer-options.js';

type Command = { type: 'start' | 'cancel' | 'nothing' | 'break' | 'first' | 'once' | 'reset' };
type State = { started: number };

const started: AuctionEvent = { type: 'AuctionStarted', data: { auctionId: 'a', startedAt: 1 } };

const cancelled: AuctionEvent = { type: 'AuctionCancelled', data: { auctionId: 'a', cancelledAt: 1 } };

/**
 * Counts starts; a `cancel` is refused, `nothing` changes nothing, `break` is a defect. `reset` counts from 0 again: only then is
 * `first` not refused and does `once` change anything.
 */
const decider: Decider<State, Command, AuctionEvent> = {
  initial: { started: 0 },
  decide(command, state) {
    if (command.type === 'break') throw new Error('a defect');
    if (command.type === 'cancel') return refused({ code: 'auction-ended' });
    if (command.type === 'reset') return accepted(cancelled);
    if (command.type === 'first' && state.started > 0) return refused({ code: 'auction-ended' });
    if (command.type === 'once' && state.started > 0) return unchanged;
    return command.type === 'nothing' ? unchanged : accepted(started);
  },
  evolve: (state, event) => ({ started: event.type === 'AuctionStarted' ? state.started + 1 : 0 }),
};

let commands = 0;
const context = (more: Partial<CommandContext> = {}): CommandContext => ({
  commandId: `command-${++commands}`,
  correlationId: 'request',
  causationId: 'request',
  actor: 'system',
  ...more,
});

const quick = { initialMs: 0, capMs: 0, retries: 3 };
const writerOn = (store: MemoryEventStore, options: StreamWriterOptions = {}) =>
  new StreamWriter(store, decider, (id) => `auction-${id}`, { conflict: quick, ambiguous: quick, ...options });

const start = { type: 'start' } as const;

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
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => writer.execute('a', start, context())));
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && [outcome.revision, outcome.state])).toEqual([
      [0, { started: 1 }],
      [1, { started: 2 }],
      [2, { started: 3 }],
      [3, { started: 4 }],
    ]);
    expect(batches).toEqual([
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

  it('folds what another writer appended and decides the same commands again', async () => {
    const [mine, other] = [writerOn(store), writerOn(store)];
    await mine.execute('a', start, context());
    await other.execute('a', start, context());
    expect(await mine.execute('a', start, context())).toMatchObject({ revision: 2, state: { started: 3 } });
  });

  it.each([
    ['refuses', { type: 'first' }, 'refused', { type: 'reset' }],
    ['takes for done', { type: 'once' }, 'unchanged', { type: 'reset' }],
  ] as const)('%s nothing on a state that another writer has left behind', async (_, command, before, others) => {
    const [mine, other] = [writerOn(store), writerOn(store)];
    await mine.execute('a', start, context());
    expect(await mine.execute('a', command, context())).toMatchObject({ kind: before });
    await other.execute('a', others, context());
    expect(await mine.execute('a', command, context())).toMatchObject({ kind: 'accepted', revision: 2 });
  });

  it('holds an expected revision against the stream as it is now', async () => {
    const [mine, other] = [writerOn(store), writerOn(store)];
    await mine.execute('a', start, context());
    await other.execute('a', start, context());
    expect(await mine.execute('a', start, context({ expectedRevision: 0 }))).toEqual({ kind: 'stale', actual: 1 });
    await other.execute('a', start, context());
    expect(await mine.execute('a', start, context({ expectedRevision: 2 }))).toMatchObject({ revision: 3 });
  });

  it('decides behind what it has heard of, without a conflict or a read', async () => {
    const conflicts: string[] = [];
    const writer = writerOn(store, { onConflict: (stream) => void conflicts.push(stream) });
    await writer.execute('a', start, context());
    await writerOn(store).execute('a', start, context());
    const heard = await store.readStream('auction-a', 0, 10);
    Object.assign(store, { heardOf: (_: string, from: number) => heard.slice(from) });
    const reads = jest.spyOn(store, 'readStream');
    const outcome = await writer.execute('a', start, context());
    expect(outcome).toMatchObject({ kind: 'accepted', state: { started: 3 }, revision: 2 });
    expect([conflicts, reads.mock.calls]).toEqual([[], []]);
  });

  it('reads what it has not heard of yet', async () => {
    const writer = writerOn(store);
    await writer.execute('a', start, context());
    const others = writerOn(store);
    await others.execute('a', start, context());
    const heard = await store.readStream('auction-a', 0, 10);
    await others.execute('a', start, context());
    Object.assign(store, { heardOf: (_: string, from: number) => heard.slice(from) });
    expect(await writer.execute('a', start, context())).toMatchObject({ kind: 'accepted', revision: 3 });
  });

  it('leaves a stream that others write to them, as long as its own append took, after each batch', async () => {
    const writer = writerOn(store, { random: () => 0 });
    await writer.execute('a', start, context());
    await writerOn(store).execute('a', start, context());
    const order: string[] = [];
    const { append } = Object.getPrototypeOf(store) as MemoryEventStore;
    store.append = async (...appended) => {
      order.push('append');
      await sleep(40);
      return append.apply(store, appended);
    };
    await writer.execute('a', start, context());
    order.push('answer');
    const second = writer.execute('a', start, context());
    await sleep(5);
    // The conflict of the first one says that somebody else writes.
    expect(order).toEqual(['append', 'append', 'answer']);
    await second;
    expect(order).toEqual(['append', 'append', 'answer', 'append']);
  });

  it('gives up with Contention when others are always first, and stores nothing of its own', async () => {
    const writer = writerOn(store);
    let rival = 0;
    store.beforeAppend = (stream) => {
      store.commit(stream, rival === 0 ? 'no-stream' : rival - 1, [
        { id: `rival-${rival}`, version: 1, ...started, metadata: context() },
      ]);
      rival += 1;
    };
    await expect(writer.execute('a', start, context())).rejects.toThrow(Contention);
    expect((await store.readStream('auction-a', 0, 10)).map(({ id }) => id)).toEqual([
      'rival-0',
      'rival-1',
      'rival-2',
      'rival-3',
    ]);
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

  it('refuses a command that expects another revision, also behind commands of the same batch', async () => {
    const writer = writerOn(store);
    const outcomes = await Promise.all([
      writer.execute('a', start, context()),
      writer.execute('a', start, context({ expectedRevision: 0 })),
      writer.execute('a', start, context({ expectedRevision: 0 })),
    ]);
    expect(outcomes.map((o) => (o.kind === 'stale' ? o : o.kind))).toEqual([
      'accepted',
      'accepted',
      { kind: 'stale', actual: 1 },
    ]);
  });

  it('lets a defect cost its own command only', async () => {
    const writer = writerOn(store);
    const results = await Promise.allSettled([
      writer.execute('a', start, context()),
      writer.execute('a', { type: 'break' }, context()),
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

  it('takes the commands that arrive while another writer is first into the same batch', async () => {
    const batches: number[] = [];
    const writer = writerOn(store, { onBatch: (count) => batches.push(count) });
    let late: Promise<unknown> | undefined;
    store.beforeAppend = (stream) => {
      store.beforeAppend = () => undefined;
      store.commit(stream, 'no-stream', [{ id: 'rival', version: 1, ...started, metadata: context() }]);
      late = writer.execute('a', start, context());
    };
    expect(await writer.execute('a', start, context())).toMatchObject({ revision: 1 });
    expect(await late).toMatchObject({ revision: 2 });
    expect(batches).toEqual([2]);
  });

  describe('a command that is withdrawn', () => {
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
  });

  it('finds a command without a key that was tried before, also among others and behind a conflict', async () => {
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

  it('cuts a batch that is more than the store takes at once, and loses and reorders nothing', async () => {
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

  it('answers a single command that is more than the store takes with that error, and goes on', async () => {
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
