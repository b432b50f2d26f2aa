import { setTimeout as pause } from 'node:timers/promises';
import { jsonEvent } from '@eventstore/db-client';
import { appended, lastOf, newEvent, newEvents, newStream } from '../contract-suite/samples.js';
import { StoreUnavailable, StoreUnusable } from '../event-store.js';
import { decode } from './recorded-event.js';
import { OnDouble } from './testing/on-double.js';

const on = new OnDouble();

describe('reads', () => {
  it('leave no call behind, however they end', async () => {
    const store = on.open({ patienceMs: 2_000 });
    const stream = newStream();
    await appended(store, stream, 'no-stream', newEvents(50));
    for (let round = 0; round < 60; round += 1) {
      await store.readStream(stream, 0, 10);
      await store.readStream(newStream(), 0, 10);
      await store.readAll(null, 5);
      await store.head();
    }
    await on.double.faults.set({ stalled: true });
    const stalled = Array.from({ length: 5 }, () => store.readStream(stream, 0, 10).catch((error: unknown) => error));
    for (const error of await Promise.all(stalled)) expect(error).toBeInstanceOf(StoreUnavailable);
    // The server still stalls: only a cancelled call ends.
    for (let look = 0; look < 100 && (await on.double.calls()).open > 0; look += 1) await pause(50);
    expect((await on.double.calls()).open).toBe(0);
    await on.double.faults.clear();
    expect(await store.readStream(stream, 49, 10)).toHaveLength(1);
  });

  it('reset no call: a server closes the connection of a client that does so often', async () => {
    const outages: unknown[] = [];
    const store = on.open({ onOutage: (error) => void outages.push(error) });
    const stop = new AbortController();
    await appended(store, newStream(), 'no-stream', newEvents(3));
    const following = (async () => {
      for await (const _ of store.follow({ after: await store.head(), signal: stop.signal }));
    })();
    // Node's HTTP/2 closes the connection at the 1,000th, and 33 more a second.
    for (let round = 0; round < 150; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => store.head()));
      await Promise.all(Array.from({ length: 10 }, () => store.readStream(newStream(), 0, 10)));
      await Promise.all(Array.from({ length: 10 }, () => store.readAll(null, 1)));
    }
    expect(outages).toEqual([]);
    stop.abort();
    await following;
  });

  it('are repeated when their connection breaks', async () => {
    const store = on.open({ patienceMs: 5_000 });
    const stream = newStream();
    const events = await appended(store, stream, 'no-stream', newEvents(3));
    await on.double.faults.set({ stalled: true });
    const read = store.readStream(stream, 0, 10);
    await pause(100);
    await on.double.faults.cut();
    await on.double.faults.clear();
    expect(await read).toEqual(events);
  });

  it('require the leader', async () => {
    const store = on.open();
    await store.readStream(newStream(), 0, 1);
    await store.readAll(null, 1);
    await store.head();
    expect((await on.double.calls()).withoutLeader).toBe(0);
  });

  it('leave out what the server writes for itself, and what other programs write', async () => {
    const store = on.open();
    const stream = newStream();
    const before = await appended(store, stream, 'no-stream', newEvents(2));
    const credentials = { username: 'x', password: 'x' };
    await on.client().appendToStream(newStream(), jsonEvent({ type: 'BidPlaced', data: {} }), { credentials });
    await on.client().appendToStream('$foreign', jsonEvent({ type: 'BidPlaced', data: {} }), { credentials });
    expect(await store.head()).toBe(lastOf(before).position);
    const after = await appended(store, stream, 1, newEvents(1));
    expect(await store.readAll(before[0]?.position ?? null, 100)).toEqual([before[1], ...after]);
    const all = await store.readAll(null, 10_000);
    expect(all.filter(({ stream: name }) => name.startsWith('$'))).toEqual([]);
  });

  it('find no event at a position where none begins, or one of others', async () => {
    const store = on.open();
    const stream = newStream();
    const [own] = await appended(store, stream, 'no-stream', newEvents(1));
    const { position } = await on.client().appendToStream(newStream(), jsonEvent({ type: 'BidPlaced', data: {} }), {
      credentials: { username: 'x', password: 'x' },
    });
    expect(await store.idAt(own?.position ?? '')).toBe(own?.id);
    expect(await store.idAt(String(BigInt(own?.position ?? '') + 1n))).toBeNull();
    expect(await store.idAt(String(position?.commit))).toBeNull();
    await on.double.kill();
    await expect(store.idAt(own?.position ?? '')).rejects.toThrow(StoreUnavailable);
    await on.double.restart();
  });

  it('find the head behind any number of events of others', async () => {
    const store = on.open();
    const [event] = await appended(store, newStream(), 'no-stream', newEvents(1));
    const noise = Array.from({ length: 500 }, () => jsonEvent({ type: 'Noise', data: {} }));
    await on.client().appendToStream('noise', noise, { credentials: { username: 'x', password: 'x' } });
    expect(await store.head()).toBe(event?.position);
    expect(await on.open().head()).toBe(event?.position);
    const [next] = await appended(store, newStream(), 'no-stream', newEvents(1));
    expect(await store.head()).toBe(next?.position);
  });

  it('refuse a foreign event in a stream of ours, and say that waiting does not help', async () => {
    const stream = newStream();
    const foreign = jsonEvent({ type: 'BidPlaced', data: {} });
    await on.client().appendToStream(stream, foreign, { credentials: { username: 'x', password: 'x' } });
    const error = await on
      .open()
      .readStream(stream, 0, 10)
      .catch((thrown: unknown) => thrown);
    expect((error as Error).message).toBe(`event 0 of ${stream} cannot be read: it was not written by Gavel`);
    expect((error as Error).cause).toBeInstanceOf(StoreUnusable);
  });

  it('refuse an event of a newer Gavel', async () => {
    const stream = newStream();
    await appended(on.open({ upcast: (_, __, data) => ({ data: data as object }) }), stream, 'no-stream', [
      newEvent({ version: 99 }),
    ]);
    await expect(on.open().readStream(stream, 0, 10)).rejects.toThrow(/BidPlaced version 99 cannot be read/);
  });

  it('refuse a server that tells no positions', () => {
    const position = { commit: 0xffff_ffff_ffff_ffffn, prepare: 0xffff_ffff_ffff_ffffn };
    const metadata = { commandId: 'c', $correlationId: 'r', $causationId: 'r', actor: 'system', version: 1 };
    const event = { streamId: 'lot-1', id: 'e', revision: 0n, type: 'X', data: {}, metadata, isJson: true, position };
    expect(() =>
      decode({ event: { ...event, created: new Date(0) } } as never, (_, __, data) => ({ data: data as object })),
    ).toThrow('event 0 of lot-1 cannot be read: the server tells no position: Gavel needs EventStoreDB 22.6 or later');
  });

  it('refuse a position that is none', async () => {
    await expect(on.open().readAll('1-2', 10)).rejects.toThrow(TypeError);
  });
});
