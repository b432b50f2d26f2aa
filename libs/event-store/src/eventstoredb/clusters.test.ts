import { appended, ids, newEvents, newStream } from '../contract-suite/samples.js';
import { openEventStoreDb } from './event-store-db.js';
import { EventStoreDouble } from './testing/event-store-double.js';

describe('a cluster', () => {
  let leader: EventStoreDouble;
  let follower: EventStoreDouble;
  beforeEach(async () => {
    leader = await EventStoreDouble.start();
    follower = await EventStoreDouble.start();
    const members = [
      { host: '127.0.0.1', port: follower.port, state: 'follower' },
      { host: '127.0.0.1', port: leader.port, state: 'leader' },
    ] as const;
    await leader.faults.members(...members);
    await follower.faults.members(...members);
    await follower.faults.set({ leader: { host: '127.0.0.1', port: leader.port } });
  });
  afterEach(() => Promise.all([leader.stop(), follower.stop()]));

  it('of several hosts is asked who leads, and the leader is written to', async () => {
    const hosts = `127.0.0.1:${follower.port},127.0.0.1:${leader.port}`;
    const store = openEventStoreDb({ url: `esdb://${hosts}?tls=false` });
    await appended(store, newStream(), 'no-stream', newEvents(1));
    expect([(await leader.calls()).appends, (await follower.calls()).appends]).toEqual([1, 0]);
    await store.close();
  });

  it('is found behind one name, by esdb+discover', async () => {
    const store = openEventStoreDb({ url: `kurrentdb+discover://127.0.0.1:${follower.port}?tls=false` });
    await appended(store, newStream(), 'no-stream', newEvents(1));
    expect([(await leader.calls()).appends, (await follower.calls()).appends]).toEqual([1, 0]);
    await store.close();
  });

  it('of which a follower is asked: the append goes on to the leader that it names, without an error', async () => {
    const store = openEventStoreDb({ url: follower.url });
    const stream = newStream();
    const events = newEvents(2);
    expect(ids(await appended(store, stream, 'no-stream', events))).toEqual(ids(events));
    expect((await leader.calls()).appends).toBe(1);
    expect(ids(await store.readStream(stream, 0, 10))).toEqual(ids(events));
    await store.close();
  });

  it('without a leader is an outage', async () => {
    await follower.faults.set({ leader: 'unknown' });
    const store = openEventStoreDb({ url: follower.url });
    const error = await store.append(newStream(), 'no-stream', newEvents(1)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'StoreUnavailable', ambiguous: true });
    await store.close();
  });

  it('of which no node can be reached is an outage, and nothing was sent', async () => {
    await Promise.all([leader.kill(), follower.kill()]);
    const hosts = `127.0.0.1:${follower.port},127.0.0.1:${leader.port}`;
    const store = openEventStoreDb({ url: `esdb://${hosts}?tls=false&maxDiscoverAttempts=2` });
    const error = await store.append(newStream(), 'no-stream', newEvents(1)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'StoreUnavailable', ambiguous: false });
    await store.close();
  });
});
