import { ANY, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { freePort } from '#testing/free-ports.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { until } from '#testing/until.js';
import { appended, followOf, ids, newEvent, newEvents, newStream } from '../contract-suite/samples.js';
import { AppendTooLarge, StoreUnavailable, StoreUnusable } from '../event-store.js';
import { openEventStoreDb } from './event-store-db.js';
import type { AppendFault } from './testing/event-store-double.js';
import { OnDouble } from './testing/on-double.js';

const on = new OnDouble();

describe('an append', () => {
  it('takes the classic path, requires the leader, and expects a revision or no stream', async () => {
    const store = on.open();
    const stream = newStream();
    await appended(store, stream, 'no-stream', newEvents(2));
    expect(await on.double.calls()).toMatchObject({
      appends: 1,
      batchAppends: 0,
      withoutLeader: 0,
      expected: 'no-stream',
    });
    await appended(store, stream, 1, newEvents(1));
    expect(await on.double.calls()).toMatchObject({ appends: 2, batchAppends: 0, withoutLeader: 0, expected: 1 });
  });

  it('is kept with the ids of what led to it where EventStoreDB looks for them', async () => {
    const stream = newStream();
    const [event] = await appended(on.open(), stream, 'no-stream', [newEvent({ version: 1 })]);
    for await (const { event: stored } of on.client().readStream(stream, { maxCount: 1 })) {
      expect(stored).toMatchObject({ id: event?.id, type: 'BidPlaced', isJson: true, data: event?.data });
      expect(stored?.metadata).toEqual({
        $correlationId: 'request-1',
        $causationId: 'request-1',
        actor: 'bidder:b-1',
        commandId: event?.metadata.commandId,
        version: 1,
        writer: expect.stringMatching(/^[0-9a-f]{8}$/),
      });
    }
  });

  it('that lost against what its process was told costs no read', async () => {
    const [mine, others] = [on.open(), on.open()];
    const stream = newStream();
    const following = followOf(mine, [stream], 4, { after: await mine.head() });
    await appended(mine, stream, 'no-stream', newEvents(1));
    await appended(others, stream, 0, newEvents(2));
    expect(await mine.untilHeard?.(stream, 2)).toBe(true);
    const { reads } = await on.double.calls();
    expect(await mine.append(stream, 0, newEvents(1))).toEqual({ outcome: 'conflict', actual: 2 });
    expect((await on.double.calls()).reads).toBe(reads);
    const heard = mine.heardOf?.(stream, 1) ?? [];
    const last = await appended(mine, stream, 2, newEvents(1));
    expect(ids(await following).slice(1)).toEqual(ids([...heard, ...last]));
  });

  it('does not wait for ever for the other writers of its stream', async () => {
    const [mine, others] = [on.open(), on.open()];
    const stream = newStream();
    const following = followOf(mine, [stream], 4, { after: await mine.head() });
    await appended(mine, stream, 'no-stream', newEvents(1));
    await appended(others, stream, 0, newEvents(1));
    await appended(mine, stream, 1, newEvents(1));
    // A promise that never settles would be seen here.
    const { turn } = mine;
    if (turn === undefined) throw new Error('writers of this store take no turns');
    await turn.call(mine, stream);
    await turn.call(mine, newStream());
    await appended(mine, stream, 2, newEvents(1));
    await following;
  });

  it('tells the metrics of what it committed, once, and nothing of a conflict', async () => {
    const reports: object[] = [];
    const store = on.open({ onCommit: (report) => void reports.push(report) });
    const stream = newStream();
    await appended(store, stream, 'no-stream', newEvents(3));
    await store.append(stream, 'no-stream', newEvents(1));
    expect(reports).toEqual([{ appends: 1, events: 3, bytes: expect.any(Number), milliseconds: expect.any(Number) }]);
  });
});

describe('after an error that leaves open whether it is committed', () => {
  const after: AppendFault[] = ['timeout-after', 'unknown-after', 'drop-after', 'kill-after', 'no-answer'];
  const before: AppendFault[] = ['refuse', 'drop-before', 'kill-before'];

  it.each([...after, ...before])('%s: the error says so, and the identical append finds out', async (fault) => {
    const store = on.open({ patienceMs: 700 });
    const stream = newStream();
    const began = await appended(store, stream, 'no-stream', newEvents(2));
    const events = newEvents(3);
    await on.double.faults.plan(fault);
    const error = await store.append(stream, 1, events).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ ambiguous: true });
    if (fault.startsWith('kill')) {
      await on.double.killed();
      await on.double.restart();
    }
    const recorded = await appended(store, stream, 1, events);
    expect(ids(recorded)).toEqual(ids(events));
    expect(await store.readStream(stream, 0, 100)).toEqual([...began, ...recorded]);
  });

  it('the identical append is recognised although the server forgot the ids that it wrote lately', async () => {
    const store = on.open();
    const stream = newStream();
    const events = newEvents(2);
    await on.double.faults.plan('timeout-after');
    await expect(store.append(stream, 'no-stream', events)).rejects.toThrow(StoreUnavailable);
    await on.double.faults.forgetIds();
    await appended(store, stream, 'no-stream', events);
    expect(ids(await store.readStream(stream, 0, 100))).toEqual(ids(events));
  });

  it('it is recognised behind what others have written since', async () => {
    const [store, rival] = [on.open(), on.open()];
    const stream = newStream();
    const events = newEvents(2);
    await on.double.faults.plan('timeout-after');
    await expect(store.append(stream, 'no-stream', events)).rejects.toThrow(StoreUnavailable);
    const others = await appended(rival, stream, 1, newEvents(3));
    const recorded = await appended(store, stream, 'no-stream', events);
    expect(await store.readStream(stream, 0, 100)).toEqual([...recorded, ...others]);
  });

  it('and a rival was first, it is a conflict, and nothing of it is written', async () => {
    const [store, rival] = [on.open(), on.open()];
    const stream = newStream();
    const events = newEvents(2);
    await on.double.faults.plan('refuse');
    await expect(store.append(stream, 'no-stream', events)).rejects.toMatchObject({ ambiguous: true });
    const others = await appended(rival, stream, 'no-stream', newEvents(4));
    expect(await store.append(stream, 'no-stream', events)).toEqual({ outcome: 'conflict', actual: 3 });
    expect(await store.readStream(stream, 0, 100)).toEqual(others);
  });
});

describe('appends at any revision, which Gavel never makes', () => {
  it('are doubled by a server that forgot the ids', async () => {
    const client = on.client();
    const stream = newStream();
    const event = jsonEvent({ type: 'Foreign', data: {}, id: newEvent().id });
    const credentials = { username: 'x', password: 'x' };
    await client.appendToStream(stream, event, { expectedRevision: ANY, credentials });
    await client.appendToStream(stream, event, { expectedRevision: ANY, credentials });
    expect(await lengthOf(stream)).toBe(1);
    await on.double.faults.forgetIds();
    await client.appendToStream(stream, event, { expectedRevision: ANY, credentials });
    expect(await lengthOf(stream)).toBe(2);
  });

  it('the batch path, without credentials, never ends when its answer is lost', async () => {
    const client = on.client();
    await on.double.faults.plan('no-answer');
    const event = jsonEvent({ type: 'Foreign', data: {} });
    const options = { expectedRevision: NO_STREAM, deadline: 100 } as const;
    const lost = client.appendToStream(newStream(), event, options).then(
      () => 'answered',
      () => 'rejected',
    );
    expect(await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, 500, 'pending'))])).toBe('pending');
    expect(await on.double.calls()).toMatchObject({ appends: 0, batchAppends: 1 });
  });

  async function lengthOf(stream: string): Promise<number> {
    let length = 0;
    for await (const _ of on.client().readStream(stream, { maxCount: 100 })) length += 1;
    return length;
  }
});

describe('an error after which nothing is written', () => {
  it('is definite when access is denied', async () => {
    await on.double.faults.plan('access-denied');
    const error = await on
      .open()
      .append(newStream(), 'no-stream', newEvents(1))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'StoreUnavailable', ambiguous: false });
    expect((error as Error).message).toBe(`esdb://127.0.0.1:${on.double.port}?tls=false: access denied`);
  });

  it('is definite and lasting when the stream is deleted', async () => {
    await on.double.faults.plan('stream-deleted');
    const error = await on
      .open()
      .append(newStream(), 'no-stream', newEvents(1))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'StoreUnavailable', ambiguous: false });
    expect((error as Error).cause).toBeInstanceOf(StoreUnusable);
  });

  it('is AppendTooLarge when an event is beyond a limit that an operator has set', async () => {
    await on.double.faults.plan('event-too-large');
    await expect(on.open().append(newStream(), 'no-stream', newEvents(1))).rejects.toThrow(AppendTooLarge);
  });

  it('is definite when there is no connection', async () => {
    // Where nobody ever listened: the client keeps connections, and one that dies may have taken the append.
    const store = openEventStoreDb({ url: `esdb://127.0.0.1:${await freePort()}?tls=false` });
    const error = await store.append(newStream(), 'no-stream', newEvents(1)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'StoreUnavailable', ambiguous: false });
    await store.close();
  });

  it('passes by itself when the store comes back', async () => {
    const store = on.open();
    await on.double.kill();
    const stream = newStream();
    const events = newEvents(2);
    await expect(store.append(stream, 'no-stream', events)).rejects.toThrow(StoreUnavailable);
    await on.double.restart();
    await appended(store, stream, 'no-stream', events);
    expect(ids(await store.readStream(stream, 0, 10))).toEqual(ids(events));
  });
});

describe('a server that does not answer', () => {
  it.each(['stall', 'blackHole'] as const)(
    'is given up in time behind a network that loses everything: %s',
    async (fault) => {
      const proxy = await TcpProxy.start(on.double.port);
      const store = openEventStoreDb({ url: `esdb://127.0.0.1:${proxy.port}?tls=false`, patienceMs: 300 });
      const stream = newStream();
      const began = await appended(store, stream, 'no-stream', newEvents(1));
      proxy[fault]();
      const events = newEvents(1);
      await expect(store.append(stream, 0, events)).rejects.toMatchObject({ ambiguous: true });
      await expect(store.readStream(stream, 0, 1)).rejects.toMatchObject({ ambiguous: false });
      await expect(store.head()).rejects.toThrow(StoreUnavailable);
      await proxy.heal();
      await until(async () => {
        const recorded = await store.append(stream, 0, events).catch(() => null);
        return recorded?.outcome === 'appended';
      });
      expect(ids(await store.readStream(stream, 0, 10))).toEqual(ids([...began, ...events]));
      await store.close();
      await proxy.close();
    },
  );

  it('does not keep a store from closing', async () => {
    const store = on.open({ patienceMs: 300 });
    await on.double.faults.set({ stalled: true });
    const lost = store.append(newStream(), 'no-stream', newEvents(1)).catch((error: unknown) => error);
    await store.close();
    expect(await lost).toMatchObject({ ambiguous: true });
  });
});

describe('an append that is too large', () => {
  it('is refused before it is sent, with its size', async () => {
    const store = on.open();
    const events = Array.from({ length: 11 }, () => newEvent({ data: { text: 'x'.repeat(100 * 1_024) } }));
    const error = await store.append(newStream(), 'no-stream', events).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppendTooLarge);
    expect((error as AppendTooLarge).bytes).toBeGreaterThan(1_048_576);
    expect((await on.double.calls()).appends).toBe(0);
  });

  it('is counted as the server counts: what just passes here passes there', async () => {
    const store = on.open();
    const first = 1_048_000;
    let characters = first;
    for (; ; characters += 1) {
      const events = [newEvent({ data: { text: 'é'.repeat(characters / 2) } })];
      const result = await store.append(newStream(), 'no-stream', events).catch((error: unknown) => error);
      if (result instanceof AppendTooLarge) break;
      expect(result).toMatchObject({ outcome: 'appended' });
      characters += 100;
    }
    expect(characters).toBeGreaterThan(first);
    expect(characters).toBeLessThan(1_048_576);
  });
});

describe('more calls than a connection takes', () => {
  it('wait for each other', async () => {
    const store = on.open();
    await on.double.faults.set({ replyDelayMs: 30 });
    const streams = Array.from({ length: 300 }, newStream);
    const results = await Promise.all(streams.map((stream) => store.append(stream, 'no-stream', newEvents(1))));
    expect(results.every(({ outcome }) => outcome === 'appended')).toBe(true);
  });
});
