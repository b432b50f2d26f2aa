import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { AppendTooLarge, type EventStore } from '#event-store/event-store.js';
import { Overloaded } from '#event-store/stream-writer/command-context.js';
import { ReadModelUnavailable } from '#read-models/read-model.js';
import { until } from '#testing/until.js';
import { PushClient } from '../testing/push-client.js';
import { RunningServer } from '../testing/running-server.js';
import type { LotWriter } from '../writers.js';

describe('a read model that is built anew because its file is damaged', () => {
  it('answers 503, also where keys are looked up in it, and the process goes on', async () => {
    const running = await RunningServer.start({ GAVEL_RATE_LIMIT: '1' });
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
    const ws = new WebSocket(`${ada.url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': ada.key ?? '' } });
    const [, upgrade] = (await once(ws, 'unexpected-response')) as [ClientRequest, IncomingMessage];
    expect(upgrade.statusCode).toBe(503);
    upgrade.resume();
    const client = await PushClient.open({ url: ada.url, key: null });
    client.send({ authenticate: ada.key ?? '' });
    expect(await client.gone()).toEqual({ code: 1013, reason: 'read-model-behind' });
    for (const each of broken) each.mockRestore();
    // Nobody has failed to say who they are.
    expect((await ada.get('/api/me')).status).toBe(200);
    expect((await running.admin.as('wrong').get('/api/me')).status).toBe(401);
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
