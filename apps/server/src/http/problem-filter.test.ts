import { jest } from '@jest/globals';
import { AppendTooLarge, type EventStore } from '#event-store/event-store.js';
import { Overloaded } from '#event-store/stream-writer/command-context.js';
import { ReadModelUnavailable } from '#read-models/read-model.js';
import { until } from '#testing/until.js';
import { RunningServer } from '../testing/running-server.js';
import type { LotWriter } from '../writers.js';

describe('a read model that is built anew because its file is damaged', () => {
  it('answers 503, also where keys are looked up in it, and the process goes on', async () => {
    const running = await RunningServer.start();
    const { keys, lots } = running.server.backend.readModels;
    const ada = await running.admin.newCaller('bidder', 'ada');
    const broken = [keys, lots].map((model) =>
      jest.spyOn(model, 'get').mockImplementation(() => {
        throw new ReadModelUnavailable('it is damaged and is being built anew');
      }),
    );
    const behind = { status: 503, body: { code: 'read-model-behind' } };
    expect(await ada.get('/api/me')).toMatchObject(behind);
    expect(await running.admin.get('/api/lots/019a0000-0000-7000-8000-000000000001')).toMatchObject(behind);
    for (const each of broken) each.mockRestore();
    expect((await ada.get('/api/me')).status).toBe(200);
    await running.stop();
  });
});

describe('a command that is recorded and cannot be carried on at once', () => {
  it('is told so, and is carried on without its caller', async () => {
    const running = await RunningServer.start();
    const { admin } = running;
    const { auctionId } = await admin.createAuction();
    const { lots } = running.server.backend as unknown as { lots: LotWriter };
    const busy = jest.spyOn(lots, 'execute').mockRejectedValue(new Overloaded('too many commands are waiting'));
    expect(await admin.post(`/api/auctions/${auctionId}/lots`, { title: 'One', startingBid: 1 })).toMatchObject({
      status: 503,
      body: { code: 'in-progress' },
    });
    busy.mockRestore();
    await until(async () => (await admin.get(`/api/auctions/${auctionId}`)).body.lots.length === 1);
    await running.stop();
  });
});

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
