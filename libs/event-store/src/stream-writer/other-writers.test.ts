import { jest } from '@jest/globals';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import type { RecordedEvent } from '../event-store.js';
import { Contention } from './command-context.js';
import { context, start, started, writerOn } from './testing/counting-starts.js';

describe('a stream that other processes write as well', () => {
  let store: MemoryEventStore;
  beforeEach(() => {
    store = new MemoryEventStore();
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
    expect(await mine.execute('a', start, context({ expectedRevisions: [0] }))).toEqual({ kind: 'stale', actual: 1 });
    await other.execute('a', start, context());
    expect(await mine.execute('a', start, context({ expectedRevisions: [2] }))).toMatchObject({ revision: 3 });
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

  it('waits for its turn, and then decides behind what others wrote meanwhile, with what has arrived meanwhile', async () => {
    const [conflicts, batches]: [string[], number[]] = [[], []];
    const writer = writerOn(store, {
      onConflict: (stream) => void conflicts.push(stream),
      onBatch: (count) => batches.push(count),
    });
    await writer.execute('a', start, context());
    let late: Promise<unknown> | undefined;
    let heard: readonly RecordedEvent[] = [];
    const turn = async () => {
      await writerOn(store).execute('a', start, context());
      heard = await store.readStream('auction-a', 0, 10);
      late ??= writer.execute('a', start, context());
    };
    const own = Object.assign(Object.create(store), { turn, heardOf: (_: string, from: number) => heard.slice(from) });
    Object.assign(writer['batches'], { store: own });
    expect(await writer.execute('a', start, context())).toMatchObject({ kind: 'accepted', revision: 2 });
    expect(await late).toMatchObject({ kind: 'accepted', revision: 3 });
    expect([conflicts, batches]).toEqual([[], [1, 2]]);
  });

  it('waits to hear of what it was in conflict with, and does not read it', async () => {
    const writer = writerOn(store);
    await writer.execute('a', start, context());
    await writerOn(store).execute('a', start, context());
    const stored = await store.readStream('auction-a', 0, 10);
    let heard: readonly RecordedEvent[] = stored.slice(0, 1);
    Object.assign(store, {
      heardOf: (_: string, from: number) => heard.slice(from),
      untilHeard: async () => {
        heard = stored;
        return true;
      },
    });
    const reads = jest.spyOn(store, 'readStream');
    expect(await writer.execute('a', start, context())).toMatchObject({ kind: 'accepted', revision: 2 });
    expect(reads).not.toHaveBeenCalled();
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
});
