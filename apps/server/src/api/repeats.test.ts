import { setTimeout as sleep } from 'node:timers/promises';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';

describe('repeats and preconditions', () => {
  let running: RunningServer;
  let admin: GavelClient;
  let bidder: GavelClient;
  beforeAll(async () => {
    running = await RunningServer.start();
    admin = running.admin;
    bidder = await admin.newCaller('bidder', 'ada');
  });
  afterAll(() => running.stop());

  it('gives the repeat of a bid under a key the same answer, also after a restart', async () => {
    const { lotId } = await admin.openLot();
    const bid = (client: GavelClient) =>
      client.post(`/api/lots/${lotId}/bids`, { amount: 500 }, { 'idempotency-key': 'one' });
    const first = await bid(bidder);
    await bidder.bid(lotId, 700);
    expect([await bid(bidder), (await Promise.all([bid(bidder), bid(bidder)]))[1]]).toEqual(
      [first, first].map(ignoringHeaders),
    );
    running = await running.restart();
    admin = running.admin;
    bidder = running.admin.as(bidder.key);
    expect(await bid(bidder)).toMatchObject({ status: 201, body: first.body });
    expect((await admin.lot(lotId)).bidCount).toBe(2);
  });

  const ignoringHeaders = <T extends object>(answer: T) => ({ ...answer, headers: expect.anything() });

  it('issues one key under an idempotency key, shows it to the repeat, and refuses another body', async () => {
    const issue = (subject: string) =>
      admin.post('/api/keys', { role: 'bidder', subject }, { 'idempotency-key': 'issue' });
    const first = await issue('cat');
    expect(first.status).toBe(201);
    expect(await issue('cat')).toMatchObject({ status: 201, body: first.body });
    expect(await issue('dan')).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    running = await running.restart();
    admin = running.admin;
    bidder = running.admin.as(bidder.key);
    expect((await issue('cat')).body).toEqual(first.body);
    expect((await admin.as(first.body.key).get('/api/me')).body.subject).toBe('cat');
    const [one, other] = await Promise.all([1, 2].map(() => admin.newCaller('bidder', 'cat')));
    expect(new Set([one?.key, other?.key, first.body.key]).size).toBe(3);

    running = await running.restart({ GAVEL_ALIAS_KEY: 'another-alias-key-than-before' });
    admin = running.admin;
    bidder = running.admin.as(bidder.key);
    const again = await issue('cat');
    expect([again.status, again.body.keyId === first.body.keyId]).toEqual([201, false]);
    expect((await admin.as(first.body.key).get('/api/me')).status).toBe(200);
  });

  it('refuses another body under the same key, and lets another caller use the key', async () => {
    const { lotId } = await admin.openLot();
    const headers = { 'idempotency-key': 'two' };
    await bidder.post(`/api/lots/${lotId}/bids`, { amount: 500 }, headers);
    const other = await bidder.post(`/api/lots/${lotId}/bids`, { amount: 501 }, headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    const ben = await admin.newCaller('bidder', 'ben');
    expect((await ben.post(`/api/lots/${lotId}/bids`, { amount: 501 }, headers)).status).toBe(201);
  });

  it('creates one auction and one lot under a key, however often it is asked', async () => {
    const create = () => admin.post('/api/auctions', { title: 'Once' }, { 'idempotency-key': 'auction' });
    const auctions = await Promise.all([create(), create(), create()]);
    expect(new Set(auctions.map(({ body }) => body.auctionId)).size).toBe(1);
    const { auctionId } = auctions[0]?.body ?? {};
    const add = () =>
      admin.post(`/api/auctions/${auctionId}/lots`, { title: 'Once', startingBid: 5 }, { 'idempotency-key': 'lot' });
    const lots = [...(await Promise.all([add(), add()])), await add()];
    expect(lots.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(lots.map(({ body }) => body.lotId)).size).toBe(1);
    const { position } = lots[0]?.body ?? {};
    expect((await admin.get(`/api/auctions/${auctionId}?atLeast=${position}`)).body.lots).toHaveLength(1);
  });

  it('buys once under a key', async () => {
    const { lotId } = await admin.openLot({ buyNow: { price: 5, quantity: 10 } });
    const buy = () => bidder.post(`/api/lots/${lotId}/purchases`, { quantity: 3 }, { 'idempotency-key': 'buy' });
    const [first, second] = [await buy(), await buy()];
    expect(second.body).toEqual(first.body);
    expect(first.body.available).toBe(7);
  });

  it('refuses a command with the ETag of an older revision: 412, and takes the newest', async () => {
    const { lotId } = await admin.openLot();
    const { position } = await bidder.bid(lotId, 500);
    const etag = (await admin.get(`/api/lots/${lotId}?atLeast=${position}`)).headers.get('etag') ?? '';
    const bid = (amount: number) => bidder.post(`/api/lots/${lotId}/bids`, { amount }, { 'if-match': etag });
    expect((await bid(600)).status).toBe(201);
    expect(await bid(700)).toMatchObject({ status: 412, body: { code: 'stale' } });
    expect((await bidder.post(`/api/lots/${lotId}/bids`, { amount: 800 }, { 'if-match': '*' })).status).toBe(201);
  });

  it('adds one of the lots with vehicles that name the same ETag at once, and sets the other vehicles free', async () => {
    const { auctionId } = await admin.createAuction();
    const add = (n: number, headers = {}) => {
      const vehicle = { vin: `1HGCM82633A00${1_000 + n}`, make: 'Honda', model: 'Accord', year: 2003, mileage: 1 };
      return admin.post(`/api/auctions/${auctionId}/lots`, { title: 'A car', startingBid: 1, vehicle }, headers);
    };
    const fresh = { 'if-match': '"0"' };
    const answers = await Promise.all([0, 1, 2, 3, 4].map((n) => add(n, fresh)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 412, 412, 412, 412]);
    const refused = answers.flatMap(({ status }, n) => (status === 412 ? [n] : []));
    for (const n of refused) expect((await add(n)).status).toBe(201);
    expect((await admin.get(`/api/auctions/${auctionId}`)).body.lots).toHaveLength(5);
  });

  it('takes a command when one of the ETags that it lists is the one of now, and refuses it when none is: 412', async () => {
    const { lotId } = await admin.openLot();
    const { revision } = await running.server.backend.lots.load(lotId);
    const bid = async (amount: number, ifMatch: string) => {
      const { status, body } = await bidder.post(`/api/lots/${lotId}/bids`, { amount }, { 'if-match': ifMatch });
      return status === 201 ? status : [status, body.code];
    };
    expect(await bid(500, `"x", "${revision}"`)).toBe(201);
    expect(await bid(600, `W/"${revision}", W/"${revision + 1}"`)).toBe(201);
    for (const stale of [`"${revision}", "${revision + 1}"`, '"x"', '""']) {
      expect(await bid(700, stale)).toEqual([412, 'stale']);
    }
  });

  it('refuses a time that has passed at the first call, and answers the repeat of a call that came in time', async () => {
    const headers = { 'idempotency-key': 'in-time' };
    const late = { 'idempotency-key': 'too-late' };
    const soon = new Date(Date.now() + 5_000).toISOString();
    const create = { title: 'Soon', closesAt: soon };
    const { auctionId } = await admin.createAuction();
    const vehicle = { vin: '1HGCM82633A004352', make: 'Honda', model: 'Accord', year: 2003, mileage: 1 };
    const requests = [
      ['/api/auctions', create],
      [`/api/auctions/${auctionId}/lots`, { ...create, startingBid: 1 }],
      [`/api/auctions/${auctionId}/lots`, { ...create, startingBid: 1, vehicle }],
    ] as const;
    const key = (at: number, { 'idempotency-key': name }: typeof headers) => ({ 'idempotency-key': `${name}-${at}` });
    const first = [];
    for (const [at, [path, body]] of requests.entries()) first.push(await admin.post(path, body, key(at, headers)));
    expect(first.map(({ status }) => status)).toEqual([201, 201, 201]);
    await sleep(Date.parse(soon) + 1 - Date.now());
    const passed = { status: 400, body: { errors: [{ field: 'closesAt', message: 'must lie in the future' }] } };
    for (const [at, [path, body]] of requests.entries()) {
      expect((await admin.post(path, body, key(at, headers))).status).toBe(201);
      expect(await admin.post(path, body, key(at, late))).toMatchObject(passed);
    }
  });

  it('answers the repeat of whatever an auctioneer does as the first time, whatever has happened since', async () => {
    const { auctionId } = await admin.createAuction();
    const under = (key: string) => ({ 'idempotency-key': key });
    const lot = { title: 'A lot', startingBid: 100, reserve: 9_000 };
    const add = (key: string) => admin.post(`/api/auctions/${auctionId}/lots`, lot, under(key));
    const step = (name: string) => admin.post(`/api/auctions/${auctionId}/${name}`, undefined, under(name));
    const early = await add('early');
    const lower = () => admin.post(`/api/lots/${early.body.lotId}/reserve`, { reserve: 5_000 }, under('lower'));
    const started = await step('start');
    const late = await add('late');
    expect([early.body.state, started.body.state, late.body.state]).toEqual(['listed', 'started', 'open']);
    await bidder.bid(early.body.lotId, 400);
    const lowered = await lower();
    expect(lowered.body).toMatchObject({ currentPrice: 400, reserveMet: false });
    for (const { lotId } of [early.body, late.body]) await bidder.bid(lotId, 6_000);
    const ended = await step('end');
    const repeats = [await add('early'), await step('start'), await add('late'), await lower(), await step('end')];
    expect(repeats.map(({ body }) => body)).toEqual([early, started, late, lowered, ended].map(({ body }) => body));
  });

  it('answers 304 to who knows the lot as it is', async () => {
    const { lotId } = await admin.openLot();
    const { position } = await bidder.bid(lotId, 500);
    const etag = (await admin.get(`/api/lots/${lotId}?atLeast=${position}`)).headers.get('etag') ?? '';
    expect(await admin.get(`/api/lots/${lotId}`, { 'if-none-match': etag })).toMatchObject({ status: 304, body: '' });
  });

  it('starts and ends once with 50 parallel callers', async () => {
    const { auctionId } = await admin.createAuction();
    await admin.addLot(auctionId);
    const many = (step: 'start' | 'end') => Promise.all(Array.from({ length: 50 }, () => admin.run(auctionId, step)));
    const started = await many('start');
    expect(new Set(started.map(({ state }) => state))).toEqual(new Set(['started']));
    const ended = await many('end');
    expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['ended']));
    const { state, revision } = await running.server.backend.auctions.load(auctionId);
    // Created, LotAdded, Started, Ending, LotSettled, Ended: each once.
    expect([state.phase, revision]).toEqual(['ended', 5]);
  });

  it('waits for the position that a query names, also for one that comes soon, and refuses one that does not', async () => {
    const { lotId } = await admin.openLot();
    for (let amount = 200; amount < 230; amount += 1) {
      const { position } = await bidder.bid(lotId, amount);
      expect((await admin.lot(lotId, position)).currentPrice).toBe(amount);
    }
    const { position } = await bidder.bid(lotId, 500);
    const ahead = admin.lot(lotId, String(Number(position) + 1));
    await sleep(50);
    await bidder.bid(lotId, 600);
    expect((await ahead).currentPrice).toBe(600);
    const empty = await RunningServer.start();
    expect((await empty.admin.get('/api/auctions?atLeast=0')).body).toEqual({ items: [], nextCursor: null });
    await empty.stop();
    const never = await admin.get(`/api/lots/${lotId}?atLeast=999999999999`);
    expect(never).toMatchObject({ status: 400, body: { errors: [{ field: 'query.atLeast' }] } });
  });
});
