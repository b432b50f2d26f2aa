import { Registry } from 'prom-client';
import { uuidV5 } from '#platform/uuid.js';
import { MemoryEventStore } from '#testing/memory-event-store.js';
import { RelayMetrics } from './relay-metrics.js';

const metadata = { commandId: 'c', correlationId: 'c', causationId: 'c', actor: 'test' };

describe('the lag of the relay', () => {
  it('is that of the moment in which it is read, in events and in seconds', async () => {
    const store = new MemoryEventStore(() => 1_000);
    const relay: { relayed: string | null; state: 'relaying' } = { relayed: null, state: 'relaying' };
    const registry = new Registry();
    new RelayMetrics(registry).watch(relay, store, { now: () => 4_000 });
    const lag = async () => (await registry.metrics()).match(/^gavel_relay_lag_\S+ \w+$/gm);

    for (const n of [1, 2]) {
      const event = { id: uuidV5(`event ${n}`), type: 'AuctionStarted', version: 1, data: {}, metadata };
      store.commit(`auction-${n}`, 'no-stream', [event]);
    }
    expect(await lag()).toEqual(['gavel_relay_lag_events 2', 'gavel_relay_lag_seconds 3']);
    relay.relayed = await store.head();
    expect(await lag()).toEqual(['gavel_relay_lag_events 0', 'gavel_relay_lag_seconds 0']);
    await store.close();
    // The store is away.
    expect(await lag()).toEqual(['gavel_relay_lag_events Nan', 'gavel_relay_lag_seconds Nan']);
  });
});
