import { jest } from '@jest/globals';
import { AppendTooLarge, type EventStore } from '#event-store/event-store.js';
import { RunningServer } from '../testing/running-server.js';

describe('a command whose events are more than the event store takes at once', () => {
  it('is told so by 413, and the process stays ready: nothing is wrong with the store', async () => {
    const running = await RunningServer.start();
    const { store } = running.server.backend as unknown as { store: EventStore };
    const append = jest.spyOn(store, 'append').mockImplementation(async (stream) => {
      throw new AppendTooLarge(stream, 2_000_000);
    });
    expect(await running.admin.post('/api/auctions', { title: 'Large' })).toMatchObject({
      status: 413,
      body: {
        code: 'append-too-large',
        detail: 'The events of this command are more than the event store takes at once. Nothing was stored.',
      },
    });
    expect((await running.admin.get('/health/ready')).body.checks.store).toBe('ok');
    append.mockRestore();
    await running.admin.createAuction();
    await running.stop();
  });
});
