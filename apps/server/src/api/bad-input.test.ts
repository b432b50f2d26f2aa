import { MAX_AMOUNT } from '#contracts/max-amount.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';

describe('bad input', () => {
  let running: RunningServer;
  let admin: GavelClient;
  let bidder: GavelClient;
  let auctionId: string;
  let lotId: string;

  beforeAll(async () => {
    running = await RunningServer.start();
    admin = running.admin;
    bidder = await admin.newCaller('bidder', 'ada');
    ({ auctionId } = await admin.createAuction());
    ({ lotId } = await admin.addLot(auctionId));
    await admin.run(auctionId, 'start');
  });
  afterAll(() => running.stop());

  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const bids: [what: string, body: string, field: string][] = [
    ['a missing amount', '{}', 'amount'],
    ['an unknown field', '{"amount":1,"currency":"USD"}', 'currency'],
    ['a negative amount', '{"amount":-1}', 'amount'],
    ['an amount of zero', '{"amount":0}', 'amount'],
    ['a fraction of a minor unit', '{"amount":100.5}', 'amount'],
    ['a huge amount', `{"amount":${MAX_AMOUNT + 1}}`, 'amount'],
    ['an amount beyond numbers', '{"amount":1e999}', 'amount'],
    ['NaN', '{"amount":NaN}', 'body'],
    ['an amount as text', '{"amount":"100"}', 'amount'],
    ['an amount of null', '{"amount":null}', 'amount'],
    ['an amount of true', '{"amount":true}', 'amount'],
    ['an array', '[]', 'body'],
    ['a string', '"100"', 'body'],
    ['no JSON', '{"amount":', 'body'],
    ['an empty body', '', 'body'],
    ['a prototype', '{"amount":1,"__proto__":{"admin":true}}', '__proto__'],
    ['a constructor', '{"amount":1,"constructor":{"prototype":{"admin":true}}}', 'constructor'],
    ['a deep body', deep, 'body'],
  ];

  it.each(bids)('refuses a bid with %s and names the field', async (_, body, field) => {
    const answer = await bidder.call('POST', `/api/lots/${lotId}/bids`, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ code: 'validation-failed', status: 400, errors: [{ field }] });
  });

  it.each(['1b4e28ba-2fa1-4d3f-883f-0016d3cca427', '019A0000-0000-7000-8000-000000000001'])(
    'knows nothing by the id %s: it is a UUID',
    async (id) => {
      for (const path of [
        'auctions/@',
        'lots/@',
        'lots/@/bids',
        'lots/@/result',
        'lots/@/history',
        'bids/@',
        'webhooks/@',
      ])
        expect((await admin.get(`/api/${path.replace('@', id)}`)).status).toBe(404);
      for (const path of ['lots/@/close', 'auctions/@/start'])
        expect((await admin.post(`/api/${path.replace('@', id)}`)).status).toBe(404);
      expect((await bidder.post(`/api/lots/${id}/bids`, { amount: 1 })).status).toBe(404);
      expect((await admin.call('DELETE', `/api/keys/${id}`)).status).toBe(404);
    },
  );

  const lots: [what: string, body: object, field: string][] = [
    ['no title', { startingBid: 1 }, 'title'],
    ['a blank title', { title: ' ', startingBid: 1 }, 'title'],
    ['an unknown policy', { title: 'x', startingBid: 1, bidPolicy: 'dutch' }, 'bidPolicy'],
    ['a negative starting bid', { title: 'x', startingBid: -1 }, 'startingBid'],
    [
      'an increment table that does not begin at 0',
      { title: 'x', startingBid: 1, increments: [{ from: 5, step: 1 }] },
      'increments',
    ],
    ['an increment of 0', { title: 'x', startingBid: 1, increments: [{ from: 0, step: 0 }] }, 'increments.0.step'],
    ['an end in the past', { title: 'x', startingBid: 1, closesAt: '2020-01-01T00:00:00Z' }, 'closesAt'],
    ['an end that is no time', { title: 'x', startingBid: 1, closesAt: '2030-02-31T25:00:00Z' }, 'closesAt'],
    [
      'a wrong VIN',
      { title: 'x', startingBid: 1, vehicle: { vin: 'OOOO', make: 'a', model: 'b', year: 2000, mileage: 1 } },
      'vehicle.vin',
    ],
    ['half a vehicle', { title: 'x', startingBid: 1, vehicle: { vin: '1HGCM82633A004352' } }, 'vehicle.make'],
    ['a quantity of 0', { title: 'x', startingBid: 1, buyNow: { price: 5, quantity: 0 } }, 'buyNow.quantity'],
    [
      'a policy for several units',
      { title: 'x', startingBid: 1, buyNow: { price: 5, quantity: 2, policy: 'until-first-bid' } },
      'buyNow.policy',
    ],
    [
      'a soft close without a window',
      { title: 'x', startingBid: 1, softClose: { extensionSeconds: 5 } },
      'softClose.windowSeconds',
    ],
  ];

  it.each(lots)('refuses a lot with %s and names the field', async (_, body, field) => {
    const answer = await admin.post(`/api/auctions/${auctionId}/lots`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed', errors: [{ field }] } });
  });

  const UNREADABLE = [
    '\u0000',
    'a\u0000b',
    'two\nlines',
    'a tab\t',
    '\u007f',
    '\u0085',
    '\ud800',
    'half \udc00 a pair',
  ];
  const message = 'must be a line of text that is not blank, without control characters and lone surrogates';

  it.each(UNREADABLE)('refuses the text %j in every field that a person writes, and says why', async (text) => {
    const vehicle = { vin: '1HGCM82633A004352', make: 'Honda', model: 'Accord', year: 2003, mileage: 1 };
    const lot = { title: 'A lot', startingBid: 1 };
    const lots = `/api/auctions/${auctionId}/lots`;
    const refusals: [path: string, body: object, field: string][] = [
      ['/api/auctions', { title: text }, 'title'],
      [lots, { ...lot, title: text }, 'title'],
      [lots, { ...lot, vehicle: { ...vehicle, make: text } }, 'vehicle.make'],
      [lots, { ...lot, vehicle: { ...vehicle, model: text } }, 'vehicle.model'],
      ['/api/webhooks', { url: `https://hooks.example.com/${text}` }, 'url'],
    ];
    for (const [path, body, field] of refusals) {
      expect((await admin.post(path, body)).body).toMatchObject({ status: 400, errors: [{ field, message }] });
    }
    const { status, body } = await admin.post('/api/keys', { role: 'bidder', subject: text });
    expect([status, body.errors[0].field]).toEqual([400, 'subject']);
  });

  it.each(['Ölgemälde «Nacht» – 油画', 'A pair of 🪑 chairs', ' 7 ', 'مزاد'])('takes the title %j', async (title) => {
    expect(await admin.post('/api/auctions', { title })).toMatchObject({ status: 201, body: { title } });
  });

  const requests: [what: string, method: string, path: string, field: string][] = [
    ['a wrong id', 'GET', '/api/lots/not-an-id', 'path.lotId'],
    ['a long id', 'GET', `/api/lots/${'x'.repeat(2_000)}`, 'path.lotId'],
    ['a wrong limit', 'GET', '/api/auctions?limit=1001', 'query.limit'],
    ['an unknown query', 'GET', '/api/auctions?page=2', 'query.page'],
    ['a limit where there are no pages', 'GET', '/api/refusals?limit=0', 'query.limit'],
    ['a cursor where there are no pages', 'GET', '/api/refusals?cursor=x', 'query.cursor'],
    ['a wrong position', 'GET', '/api/auctions/01890000-0000-7000-8000-000000000000?atLeast=soon', 'query.atLeast'],
  ];

  it.each(requests)('refuses a request with %s and names the field', async (_, method, path, field) => {
    const answer = await admin.call(method, path);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed', errors: [{ field }] } });
  });

  it('refuses a query on every command, whatever it says, and does nothing', async () => {
    const auctions = await admin.get('/api/auctions');
    const id = auctionId;
    const commands: [caller: GavelClient, method: string, path: string, body?: object][] = [
      [admin, 'POST', '/api/auctions', { title: 'A title' }],
      [admin, 'POST', `/api/auctions/${id}/lots`, { title: 'A lot', startingBid: 1 }],
      [admin, 'POST', `/api/auctions/${id}/end`],
      [admin, 'POST', `/api/lots/${lotId}/close`],
      [bidder, 'POST', `/api/lots/${lotId}/bids`, { amount: 500 }],
      [bidder, 'POST', `/api/lots/${lotId}/purchases`, {}],
      [admin, 'POST', '/api/keys', { role: 'bidder', subject: 'eve' }],
      [admin, 'DELETE', `/api/keys/${id}`],
    ];
    for (const [caller, method, path, body] of commands) {
      const answer = await caller.call(method, `${path}?dryRun=true`, body);
      const errors = [{ field: 'query.dryRun', message: 'is not a known field' }];
      expect([path, answer.status, answer.body.errors]).toEqual([path, 400, errors]);
    }
    expect((await admin.get('/api/auctions')).body).toEqual(auctions.body);
  });

  it('lets probes ask what is public with parameters of their own', async () => {
    for (const path of ['/health/live', '/metrics', '/api/time']) {
      expect((await admin.as(null).get(`${path}?nonce=1`)).status).toBe(200);
    }
  });

  it('refuses what a command without a body does not know', async () => {
    const answer = await admin.post(`/api/auctions/${auctionId}/start`, { bidderId: 'eve' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'bidderId' }] } });
    expect((await admin.post(`/api/auctions/${auctionId}/start`, {})).status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded'])('refuses a body of the type %s', async (type) => {
    const answer = await admin.call('POST', '/api/keys', 'role=admin&subject=eve', { 'content-type': type });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  });

  const lists: [list: string, cursor: string][] = [
    ['/api/lots/:lotId/bids', '../../x'],
    ['/api/auctions', '01890000-0000-7000-8000-000000000000'],
    ['/api/auctions', 'zzz'],
    ['/api/webhooks', 'zzz'],
    ['/api/webhooks', '00000000000000000001'],
  ];

  it.each(lists)('refuses for %s the cursor %s, which is not of that list', async (list, cursor) => {
    const answer = await admin.get(`${list.replace(':lotId', lotId)}?cursor=${cursor}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'query.cursor' }] } });
  });

  it.each(['/api/%zz', '/%', '/api/lots/%E0%A4%A'])(
    'refuses %s, which is no URL, as every other bad input',
    async (path) => {
      const answer = await admin.get(path);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed', errors: [{ field: 'path' }] } });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('refuses an id that is longer than any path', async () => {
    const answer = await admin.get(`/api/lots/${'x'.repeat(9_000)}`);
    expect(answer).toMatchObject({ status: 414, body: { code: 'address-too-long' } });
  });

  it('refuses headers of a command that are not well formed', async () => {
    const path = `/api/lots/${lotId}/bids`;
    const withHeader = (headers: Record<string, string>) => bidder.post(path, { amount: 500 }, headers);
    expect(await withHeader({ 'if-match': 'soon' })).toMatchObject({
      status: 400,
      body: {
        errors: [{ field: 'header.if-match', message: 'must be * or a list of entity tags such as "7"' }],
      },
    });
    const key = await withHeader({ 'idempotency-key': 'k'.repeat(201) });
    expect(key).toMatchObject({ status: 400, body: { errors: [{ field: 'header.idempotency-key' }] } });
  });

  it('refuses a body that is too large with 413 and one of another type with 415', async () => {
    const path = `/api/lots/${lotId}/bids`;
    const large = JSON.stringify({ amount: 5, filler: 'x'.repeat(70_000) });
    expect(await bidder.call('POST', path, large)).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
    const xml = await bidder.call('POST', path, '<amount>5</amount>', { 'content-type': 'application/xml' });
    expect(xml).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  });

  it('recorded none of it', async () => {
    expect(await admin.lot(lotId)).toMatchObject({ bidCount: 0, currentPrice: null });
  });
});
