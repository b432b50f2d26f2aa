import { get, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Authentication } from '../auth/authenticate.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';
import { StreamController } from './stream.controller.js';
import { lotOf, Market } from './testing/market.js';

describe('server-sent events', () => {
  let running: RunningServer;
  let ada: GavelClient;
  let lotId: string;
  beforeAll(async () => {
    running = await RunningServer.start();
    ada = await running.admin.newCaller('bidder', 'ada');
    const { auctionId } = await running.admin.createAuction();
    lotId = (await running.admin.addLot(auctionId)).lotId;
    await running.admin.run(auctionId, 'start');
  });
  afterAll(() => running.stop());

  /** The first events of a stream. */
  async function read(count: number, query: string, headers: Record<string, string> = {}) {
    const response = await new Promise<IncomingMessage>((resolve) => {
      get(`${ada.url}/api/stream?${query}`, { headers: { 'x-api-key': ada.key ?? '', ...headers } }, resolve);
    });
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      if (text.split('\n\n').length > count) break;
    }
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    return text
      .split('\n\n')
      .slice(0, count)
      .map((block) => {
        const lines = block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
        return Object.fromEntries(lines) as { id?: string; event: string; data: string };
      });
  }

  it('are the same messages, with positions as ids where one may go on behind them', async () => {
    const events = await read(3, `lots=${lotId}`);
    const told = events.map(({ event, id, data }) => [event, id === JSON.parse(data).position, id !== undefined]);
    expect(told).toEqual([
      ['Welcome', true, false],
      ['LotSnapshot', false, false],
      ['Subscribed', true, true],
    ]);
    const { position } = await ada.bid(lotId, 500);
    const [, bid] = await read(3, `lots=${lotId}`, { 'last-event-id': events[2]?.id ?? '' });
    expect(bid).toMatchObject({ event: 'BidPlaced', id: position });
    expect(JSON.parse(bid?.data ?? '')).toMatchObject({ lotId, position, you: { bid: true, leading: true } });
  });

  it('hold no place for a client that went while it was asked who it is', async () => {
    const market = await Market.open([[0]]);
    const raw = new ServerResponse(new IncomingMessage(new Socket()));
    raw.destroy();
    const request = {
      id: 'one',
      query: { lots: lotOf(0) },
      headers: {},
      principal: { role: 'bidder', subject: 'ada' },
    };
    const controller = new StreamController(market.push, {} as Authentication);
    await controller.stream(request as never, { raw, hijack: () => undefined } as never);
    market.push.observe();
    expect((await market.metrics.connections.get()).values).toEqual([{ labels: {}, value: 0 }]);
    await market.close();
  });

  it('ask for a credential, and name what is wrong', async () => {
    expect((await ada.as(null).get(`/api/stream?lots=${lotId}`)).status).toBe(401);
    for (const [query, field] of [
      ['', 'query'],
      ['lots=x', 'query.lots'],
      [`lots=${lotId}&after=x`, 'query.after'],
      ['lot=x', 'query.lot'],
    ] as const) {
      expect(await ada.get(`/api/stream?${query}`)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    }
  });
});
