import { setTimeout as pause } from 'node:timers/promises';
import { jsonEvent } from '@eventstore/db-client';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { appended, followOf, newEvent, newEvents, newStream } from '../contract-suite/samples.js';
import type { EventStore, RecordedEvent } from '../event-store.js';
import { StoreUnusable } from '../event-store.js';
import { EventStoreDouble } from './testing/event-store-double.js';
import { OnDouble } from './testing/on-double.js';

const on = new OnDouble();

/** Writes one by one, whatever happens to the server: each append is repeated until it is answered. */
async function writeThrough(store: EventStore, stream: string, count: number): Promise<void> {
  for (let revision = 0; revision < count; revision += 1) {
    const events = newEvents(1);
    for (;;) {
      const expected = revision === 0 ? 'no-stream' : revision - 1;
      const result = await store.append(stream, expected, events).catch(() => null);
      if (result?.outcome === 'appended') break;
      await pause(20);
    }
  }
}

describe('a follower', () => {
  it('goes on without gap or duplicate over kills of the server, cut connections and stalls', async () => {
    const store = on.open({ patienceMs: 500, silenceMs: 500 });
    const stream = newStream();
    const following = followOf(store, [stream], 300, { after: await store.head() });
    const writing = writeThrough(on.open({ patienceMs: 500 }), stream, 300);
    for (let round = 0; round < 3; round += 1) {
      await pause(150);
      await on.double.faults.cut();
      await pause(150);
      await on.double.faults.set({ stalled: true });
      await pause(300);
      await on.double.faults.clear();
      await pause(150);
      await on.double.kill();
      await pause(100);
      await on.double.restart();
    }
    await writing;
    expect(await following).toEqual(await store.readStream(stream, 0, 1_000));
  });

  it('tells of each outage', async () => {
    const outages: Error[] = [];
    const store = on.open({ onOutage: (error) => void outages.push(error as Error) });
    const stream = newStream();
    const following = followOf(store, [stream], 2, { after: await store.head() });
    await appended(store, stream, 'no-stream', newEvents(1));
    await on.double.kill();
    while (outages.length < 2) await pause(10);
    await on.double.restart();
    await appended(store, stream, 0, newEvents(1));
    await following;
    expect(outages.every(({ name }) => name === 'StoreUnavailable')).toBe(true);
  });

  it('notices that its subscription has gone deaf', async () => {
    const store = on.open({ silenceMs: 200 });
    const stream = newStream();
    const following = followOf(store, [stream], 3, { after: await store.head() });
    await appended(store, stream, 'no-stream', newEvents(1));
    await on.double.faults.set({ silentSubscriptions: true });
    await appended(store, stream, 0, newEvents(2));
    await pause(500);
    const { subscriptions } = await on.double.calls();
    expect(subscriptions).toBeGreaterThan(1);
    await on.double.faults.clear();
    expect(await following).toEqual(await store.readStream(stream, 0, 10));
  });

  it('begins on a server that holds nothing but its own events', async () => {
    const fresh = await EventStoreDouble.start();
    const store = on.open({ url: fresh.url });
    const stream = newStream();
    const following = followOf(store, [stream], 3, { after: null });
    await pause(100);
    const stored = await appended(store, stream, 'no-stream', newEvents(1));
    await fresh.faults.cut();
    const others = await appended(on.open({ url: fresh.url }), stream, 0, newEvents(2));
    expect(await following).toEqual([...stored, ...others]);
    await fresh.stop();
  });

  it('misses nothing that is written where the log ended when its connection broke', async () => {
    const store = on.open({ silenceMs: 500 });
    const stream = newStream();
    const following = followOf(store, [stream], 2, { after: await store.head() });
    await pause(100);
    await on.double.faults.set({ silentSubscriptions: true });
    await on.double.faults.cut();
    await pause(20);
    const stored = await appended(on.open(), stream, 'no-stream', newEvents(2));
    await on.double.faults.clear();
    expect(await following).toEqual(stored);
  });

  it('keeps its subscription while there is nothing to tell', async () => {
    const store = on.open({ silenceMs: 50 });
    const stop = new AbortController();
    await appended(store, newStream(), 'no-stream', newEvents(3));
    const following = (async () => {
      const types = ['LotClosed'];
      for await (const _ of store.follow({ after: await store.head(), signal: stop.signal, types }));
    })();
    await pause(400);
    expect((await on.double.calls()).subscriptions).toBe(1);
    stop.abort();
    await following;
  });

  it('shares its subscription with all the others', async () => {
    const store = on.open();
    const stream = newStream();
    const after = await store.head();
    const stored = await appended(store, stream, 'no-stream', newEvents(3));
    const followers = Array.from({ length: 10 }, () => followOf(store, [stream], 6, { after }));
    const live = await appended(store, stream, 2, newEvents(3));
    expect(await Promise.all(followers)).toEqual(followers.map(() => [...stored, ...live]));
    expect((await on.double.calls()).subscriptions).toBe(1);
  });

  it('notices a network that loses everything', async () => {
    const proxy = await TcpProxy.start(on.double.port);
    const store = on.open({ url: `esdb://127.0.0.1:${proxy.port}?tls=false`, patienceMs: 300, silenceMs: 300 });
    const writer = on.open();
    const stream = newStream();
    const following = followOf(store, [stream], 2, { after: await store.head() });
    await appended(writer, stream, 'no-stream', newEvents(1));
    proxy.blackHole();
    await appended(writer, stream, 0, newEvents(1));
    await pause(700);
    await proxy.heal();
    expect(await following).toEqual(await writer.readStream(stream, 0, 10));
    await proxy.close();
  });

  it('that stopped taking events holds up nobody else, however much waits for it', async () => {
    const store = on.open();
    const stream = newStream();
    const after = await store.head();
    const stop = new AbortController();
    const stuck = store.follow({ after, signal: stop.signal })[Symbol.asyncIterator]();
    const first = stuck.next();
    let end = -1;
    for (let batch = 0; batch < 12; batch += 1) {
      const events = Array.from({ length: 8 }, () => newEvent({ data: { text: 'x'.repeat(100_000) } }));
      await appended(store, stream, end === -1 ? 'no-stream' : end, events);
      end += events.length;
    }
    expect(await store.readStream(stream, 0, 100)).toHaveLength(96);
    expect(await followOf(store, [stream], 96, { after })).toHaveLength(96);
    await first;
    stop.abort();
    expect((await stuck.next()).done).toBe(true);
  });

  it('leaves no call behind, however it ends', async () => {
    const store = on.open();
    const after = await store.head();
    await appended(store, newStream(), 'no-stream', newEvents(3));
    for (let round = 0; round < 120; round += 1) {
      const stop = new AbortController();
      for await (const _ of store.follow({ after, signal: stop.signal })) break;
    }
    await appended(store, newStream(), 'no-stream', newEvents(1));
    expect((await on.double.calls()).mostOpen).toBeLessThan(60);
  });

  it('resumes behind what the filter left out', async () => {
    const store = on.open({ silenceMs: 100 });
    const stream = newStream();
    const found: RecordedEvent[] = [];
    const stop = new AbortController();
    const types = ['LotClosed'];
    const after = await store.head();
    const following = (async () => {
      for await (const batch of store.follow({ after, signal: stop.signal, types })) found.push(...batch);
    })();
    for (let end = -1; end < 1_999; end += 500) {
      await appended(store, stream, end === -1 ? 'no-stream' : end, newEvents(500));
    }
    await on.double.faults.cut();
    const closed = await appended(on.open(), stream, 1_999, [newEvent({ type: 'LotClosed' })]);
    while (found.length === 0) await pause(10);
    expect(found).toEqual(closed);
    stop.abort();
    await following;
  });

  it('passes over events of the server and of other programs', async () => {
    const store = on.open();
    const stream = newStream();
    const following = followOf(store, [stream, '$own', 'theirs'], 2, {
      after: await store.head(),
      types: ['BidPlaced'],
    });
    const credentials = { username: 'x', password: 'x' };
    await on.client().appendToStream('$own', jsonEvent({ type: 'BidPlaced', data: {} }), { credentials });
    await on.client().appendToStream('theirs', jsonEvent({ type: 'BidPlaced', data: {} }), { credentials });
    const events = await appended(store, stream, 'no-stream', newEvents(2));
    expect(await following).toEqual(events);
  });

  it('ends with the reason at an event that this program cannot read', async () => {
    const after = await on.open().head();
    const newer = on.open({ upcast: (_, __, data) => ({ data: data as object }) });
    await appended(newer, newStream(), 'no-stream', [newEvent({ type: 'OfTheFuture' })]);
    const following = followOf(on.open(), ['none'], 1, { after });
    await expect(following).rejects.toThrow(StoreUnusable);
    await expect(following).rejects.toThrow(/OfTheFuture is not in the catalogue/);
  });

  it.each(['stored', 'live'])('passes over an event that it cannot read and does not want, %s', async (when) => {
    const store = on.open();
    const newer = on.open({ upcast: (_, __, data) => ({ data: data as object }) });
    const stream = newStream();
    const after = await store.head();
    const mixed = [newEvent({ type: 'BidPlaced' }), newEvent({ type: 'OfTheFuture' }), newEvent({ type: 'BidPlaced' })];
    if (when === 'stored') await appended(newer, stream, 'no-stream', mixed);
    const selective = followOf(store, [stream], 2, { after, types: ['BidPlaced'] });
    const seen: string[] = [];
    const curious = followOf(store, [stream], 3, { after }, (batch) => void seen.push(...batch.map(({ id }) => id)));
    const stopped = expect(curious).rejects.toThrow(StoreUnusable);
    if (when === 'live') {
      await pause(200);
      await appended(newer, stream, 'no-stream', mixed);
    }
    expect((await selective).map(({ id }) => id)).toEqual([mixed[0]?.id, mixed[2]?.id]);
    await stopped;
    // What stands before it is handed out where it comes one by one.
    if (when === 'live') expect(seen).toEqual([mixed[0]?.id]);
  });
});
