import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify from 'fastify';
import { generateKeyPair } from 'jose';
import { guardRoutes } from '../http/fastify.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { ADMIN_KEY, RunningServer } from '../testing/running-server.js';
import { TokenIssuer } from '../testing/token-issuer.js';

const AN_ID = '01890000-0000-7000-8000-000000000000';

describe('access', () => {
  let running: RunningServer;
  let admin: GavelClient;
  beforeAll(async () => {
    running = await RunningServer.start();
    admin = running.admin;
  });
  afterAll(() => running.stop());

  /** Every route that is not public, from the server's own description. */
  const routes = async () => {
    const { body } = await admin.as(null).get('/api/openapi.json');
    return Object.entries<Record<string, { security?: unknown[] }>>(body.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, { security }]) => security?.length !== 0)
        .map(([method]) => ({ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, AN_ID) })),
    );
  };

  it('answers 401 on every route without a key and with a wrong one', async () => {
    const all = await routes();
    expect(all.length).toBeGreaterThan(14);
    const wrong = 'gvl_01890000000070008000000000000000_wrongwrongwrongwrongwrongwrongwrongwrongwro';
    for (const { method, path } of all) {
      for (const key of [null, 'nonsense', wrong]) {
        const answer = await admin.as(key).call(method, path);
        expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 401, 'unauthenticated']);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="gavel"');
      }
    }
  });

  it('lets no cache on the way give the answer of one caller to another', async () => {
    const asked = (await routes()).filter(({ method }) => method === 'GET');
    expect(asked.length).toBeGreaterThan(14);
    for (const { path } of asked) {
      const { headers } = await admin.as(null).get(path, { 'x-api-key': 'nonsense' });
      expect([path, headers.get('cache-control'), headers.get('vary')]).toEqual([
        path,
        'no-store',
        'Authorization, X-API-Key',
      ]);
    }
    const { auctionId } = await admin.createAuction();
    const { lotId } = await admin.addLot(auctionId);
    for (const path of [`/api/auctions/${auctionId}`, `/api/lots/${lotId}`]) {
      const { status, headers } = await admin.as(null).get(path, { 'x-api-key': ADMIN_KEY });
      expect([path, status, headers.get('cache-control'), headers.get('vary')]).toEqual([
        path,
        200,
        'private, no-cache',
        'Authorization, X-API-Key',
      ]);
    }
    const { headers } = await admin.post('/api/auctions', { title: 'A sale' });
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual([null, null]);
  });

  it('answers 403 to the wrong role', async () => {
    const bidder = await admin.newCaller('bidder', 'ada');
    const partner = await admin.newCaller('partner', 'press');
    const auctioneer = await admin.newCaller('auctioneer', 'ann');
    const forbidden: [GavelClient, string][] = [
      [bidder, '/api/auctions'],
      [bidder, '/api/keys'],
      [partner, '/api/auctions'],
      [partner, `/api/lots/${AN_ID}/bids`],
      [auctioneer, '/api/keys'],
      [auctioneer, `/api/lots/${AN_ID}/bids`],
      [admin, `/api/lots/${AN_ID}/bids`],
    ];
    for (const [caller, path] of forbidden) expect(await caller.post(path, {})).toMatchObject({ status: 403 });
  });

  it('asks for a credential at an unknown address too, and then says that there is nothing', async () => {
    expect(await admin.as(null).get('/api/nothing')).toMatchObject({ status: 401 });
    expect(await admin.get('/api/nothing')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('takes the bidder from the credential and refuses one in the body', async () => {
    const bidder = await admin.newCaller('bidder', 'ada');
    const answer = await bidder.post(`/api/lots/${AN_ID}/bids`, { amount: 5, bidderId: 'ben' });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', errors: [{ field: 'bidderId', message: 'is not a known field' }] },
    });
  });

  it('accepts a key in X-API-Key, and no longer once it is revoked', async () => {
    const { keyId, key } = (await admin.post('/api/keys', { role: 'bidder', subject: 'eve' })).body;
    const call = () => admin.as(null).get('/api/auctions', { 'x-api-key': key });
    expect(await call()).toMatchObject({ status: 200 });
    expect(await admin.call('DELETE', `/api/keys/${keyId}`)).toMatchObject({ status: 204 });
    expect(await call()).toMatchObject({ status: 401 });
    expect(await admin.call('DELETE', `/api/keys/${AN_ID}`)).toMatchObject({ status: 404 });
  });

  it('asks for the credential once more when the body came late', async () => {
    const { keyId, key } = (await admin.post('/api/keys', { role: 'admin', subject: 'mallory' })).body;
    const body = JSON.stringify({ role: 'admin', subject: 'mallory' });
    const late = ['revoked', 'kept'].map((each) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const credential = { 'x-api-key': each === 'kept' ? ADMIN_KEY : key };
      const sending = request(`${running.server.url}/api/keys`, {
        method: 'POST',
        headers: { ...headers, ...credential },
      });
      sending.write(body.slice(0, 5));
      return sending;
    });
    await pause(100);
    expect(await admin.call('DELETE', `/api/keys/${keyId}`)).toMatchObject({ status: 204 });
    await pause(1_000);
    const answers = late.map(async (sending) => {
      sending.end(body.slice(5));
      const [answer] = await once(sending, 'response');
      answer.resume();
      return answer.statusCode;
    });
    expect(await Promise.all(answers)).toEqual([401, 201]);
  });

  it('keeps nothing at rest from which a key could be read', async () => {
    const { key } = (await admin.post('/api/keys', { role: 'bidder', subject: 'zoe' })).body;
    const secret = key.slice(-43);
    for (const file of ['events.db', 'events.db-wal']) {
      expect((await readFile(join(running.dataDir, file))).includes(secret)).toBe(false);
    }
  });

  it('makes an admin key at the first start, keeps it for its owner alone, and does not show it again', async () => {
    const first = await RunningServer.start({ GAVEL_ADMIN_KEY: '' });
    const { key, isNew, file } = first.server.admin;
    expect(isNew).toBe(true);
    expect((await stat(file ?? '')).mode & 0o777).toBe(0o600);
    expect((await first.admin.as(key).get('/api/auctions')).status).toBe(200);
    const second = await first.restart({ GAVEL_ADMIN_KEY: '' });
    expect(second.server.admin).toEqual({ key, isNew: false, file });
    await second.stop();
  });

  it('does not start with a route that does not say who may call it', async () => {
    const fastify = Fastify();
    const gate = { authentication: { identify: () => null } as never, rateLimit: null };
    await guardRoutes(fastify, gate);
    expect(() => fastify.get('/open', () => 'anybody')).toThrow('GET /open does not say who may call it');
    await fastify.close();
  });

  it('limits the requests of one principal, not those of another', async () => {
    const limited = await RunningServer.start({ GAVEL_RATE_LIMIT: '2' });
    const [ada, ben] = [await limited.admin.newCaller('bidder', 'ada'), await limited.admin.newCaller('bidder', 'ben')];
    const answers = await Promise.all(Array.from({ length: 40 }, () => ada.get('/api/auctions')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(16);
    expect(refused[0]).toMatchObject({ body: { code: 'rate-limited' } });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await ben.get('/api/auctions')).status).toBe(200);
    await limited.stop();
  });
});

describe('tokens of bidders', () => {
  let issuer: TokenIssuer;
  let running: RunningServer;
  beforeEach(async () => {
    issuer = await TokenIssuer.start();
    running = await RunningServer.start(issuer.env);
  });
  afterEach(async () => {
    await running.stop();
    await issuer.stop();
  });

  it('names the bidder by a token that the issuer signed, and makes nobody more than a bidder', async () => {
    const bidder = running.admin.as(await issuer.sign({}));
    expect((await bidder.get('/api/me/bids')).status).toBe(200);
    expect((await bidder.post('/api/auctions', { title: 'Mine' })).status).toBe(403);
  });

  it('takes the subjects that issuers write', async () => {
    for (const sub of ['auth0|5f7c8ec7c33c6c004bbafe82', '_pairwise-7Jk=', 'ada+bids@example.com', 'a'.repeat(128)]) {
      const bidder = running.admin.as(await issuer.sign({ sub }));
      expect((await bidder.get('/api/me')).body).toEqual({ role: 'bidder', subject: sub });
    }
  });

  it('refuses tokens of another issuer, audience or key, expired ones and ill-formed subjects', async () => {
    const { privateKey: foreign } = await generateKeyPair('ES256');
    const tokens = [
      await issuer.sign({ iss: 'https://other.example' }),
      await issuer.sign({ aud: 'other' }),
      await issuer.sign({ exp: '-1h' }),
      await issuer.sign({ sub: '/' }),
      await issuer.sign({ sub: 'a'.repeat(129) }),
      await issuer.sign({}, foreign),
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"ada"}').toString('base64url')}.x`,
    ];
    for (const token of tokens) expect((await running.admin.as(token).get('/api/me/bids')).status).toBe(401);
  });

  it('answers 503 when the keys of the issuer cannot be had', async () => {
    const token = await issuer.sign({});
    await issuer.stop();
    expect((await running.admin.as(token).get('/api/me/bids')).body.code).toBe('issuer-unavailable');
  });
});
