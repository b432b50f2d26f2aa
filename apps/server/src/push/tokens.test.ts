import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { GavelClient } from '../testing/gavel-client.js';
import { PushClient } from '../testing/push-client.js';
import { RunningServer } from '../testing/running-server.js';
import { TokenIssuer } from '../testing/token-issuer.js';

/** Long enough to connect, subscribe and be told of a bid on a slow machine; a token's end is a whole second. */
const soon = () => Math.ceil(Date.now() / 1_000) + 6;

describe("a bidder's token at the push", () => {
  let issuer: TokenIssuer;
  let running: RunningServer;
  let lotId: string;
  const open: PushClient[] = [];
  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    running = await RunningServer.start(issuer.env);
    const { admin } = running;
    const { auctionId } = await admin.createAuction();
    lotId = (await admin.addLot(auctionId)).lotId;
    await admin.run(auctionId, 'start');
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
  });
  afterAll(async () => {
    await running.stop();
    await issuer.stop();
  });

  const holder = async (claims: Parameters<TokenIssuer['sign']>[0] = {}): Promise<GavelClient> =>
    running.admin.as(await issuer.sign(claims));
  const connect = async (caller: Pick<GavelClient, 'url' | 'key'>) => {
    const client = await PushClient.open(caller);
    open.push(client);
    return client;
  };
  const stream = (token: string | null): Promise<IncomingMessage> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}` };
      get(`${running.server.url}/api/stream?lots=${lotId}`, { headers }, resolve);
    });
  async function statusOfUpgrade(token: string | null): Promise<number | undefined> {
    const headers = { authorization: `Bearer ${token}` };
    const ws = new WebSocket(`${running.server.url.replace('http', 'ws')}/ws`, { headers });
    const [, response] = (await once(ws, 'unexpected-response')) as [ClientRequest, IncomingMessage];
    response.resume();
    return response.statusCode;
  }

  it('opens a WebSocket by a header, one by its first message, and a stream, as the bidder it names', async () => {
    const ada = await holder();
    const byHeader = await connect(ada);
    const byMessage = await connect({ url: ada.url, key: null });
    byMessage.send({ authenticate: ada.key ?? '' });
    for (const client of [byHeader, byMessage]) {
      expect(await client.next('Welcome')).toMatchObject({ role: 'bidder', subject: 'ada' });
      await client.subscribe({ lots: [lotId] });
    }
    const { headers, statusCode } = await stream(ada.key).then((response) => response.destroy());
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await ada.bid(lotId, 500);
    for (const client of [byHeader, byMessage])
      expect((await client.next('BidPlaced'))['you']).toMatchObject({ bid: true });
  });

  it.each([
    ['has expired', { exp: '-1s' }],
    ['is of another issuer', { iss: 'https://other.example' }],
    ['is for somebody else', { aud: 'other' }],
    ['names nobody', { sub: '/' }],
  ] as const)('opens nothing when it %s', async (_, claims) => {
    const { key, url } = await holder(claims);
    expect(await statusOfUpgrade(key)).toBe(401);
    const { statusCode } = await stream(key).then((response) => response.resume());
    expect(statusCode).toBe(401);
    const client = await connect({ url, key: null });
    client.send({ authenticate: key });
    expect(await client.gone()).toEqual({ code: 4401, reason: 'unauthenticated' });
    expect(client.of('Welcome', 'LotSnapshot')).toEqual([]);
  });

  it('ends a WebSocket when it expires, and a new one goes on behind it with no gap', async () => {
    const first = await connect(await holder({ exp: soon() }));
    await first.subscribe({ lots: [lotId] });
    const ben = await holder({ sub: 'ben' });
    await ben.bid(lotId, 1_000);
    await first.next('BidPlaced');
    expect(await first.gone()).toEqual({ code: 4401, reason: 'credential-expired' });
    expect(first.messages.at(-1)).toEqual({ type: 'Problem', code: 'credential-expired', detail: expect.any(String) });
    await ben.bid(lotId, 2_000);
    const second = await connect(await holder());
    await second.subscribe({ lots: [lotId], after: first.after });
    const amounts = [first, second].flatMap((client) => client.of('BidPlaced').map(({ data }) => data['amount']));
    expect(amounts).toEqual([1_000, 2_000]);
    expect(second.of('LotSnapshot')).toEqual([]);
  }, 30_000);

  it('ends a stream when it expires, and says why', async () => {
    let text = '';
    for await (const chunk of await stream(await issuer.sign({ exp: soon() }))) text += chunk;
    const types = [...text.matchAll(/^event: (\w+)$/gm)].map(([, type]) => type);
    expect(types.filter((type) => type !== 'Heartbeat')).toEqual(['Welcome', 'LotSnapshot', 'Subscribed', 'Problem']);
    expect(text).toContain('"code":"credential-expired"');
  }, 30_000);
});
