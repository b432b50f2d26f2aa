import { AppendTooLarge, type EventStore } from '#event-store/event-store.js';
import { Contention } from '#event-store/stream-writer/command-context.js';
import type { BidSpool } from '../spool/bid-spool.js';
import { Health } from './health.js';

describe('the readiness', () => {
  const store = { head: async () => '7' } as unknown as EventStore;
  const spool = { trouble: () => null, takesBids: false } as unknown as BidSpool;
  const make = () => new Health({ store, spool, clock: { now: () => 0 }, needed: () => ({}), hints: () => ({}) });

  it('suffers from a write that failed, until one succeeds', async () => {
    const health = make();
    health.writeFailed(new Error('the disk is full'));
    expect(await health.readiness()).toMatchObject({ status: 'unavailable', checks: { store: 'the disk is full' } });
    health.written();
    expect(await health.readiness()).toMatchObject({ status: 'ok', checks: { store: 'ok' } });
  });

  it.each([new Contention('written by too many at once'), new AppendTooLarge('lot-1', 2_000_000)])(
    'does not suffer from commands that are to blame themselves: %s',
    async (error) => {
      const health = make();
      health.writeFailed(error);
      expect(await health.readiness()).toMatchObject({ status: 'ok', checks: { store: 'ok' } });
    },
  );
});
