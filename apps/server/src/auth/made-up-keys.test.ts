import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { jest } from '@jest/globals';
import { WebSocket } from 'ws';
import type { ReadModel } from '#read-models/read-model.js';
import type { KeyRow } from '#read-models/rows.js';
import { PushClient } from '../testing/push-client.js';
import { RunningServer } from '../testing/running-server.js';
import { makeApiKey } from './api-key.js';
import { KeyRing } from './key-ring.js';

const idOf = (n: number) => `01a20670-e337-75b1-b841-${String(n).padStart(12, '0')}`;
const madeUp = (n: number) => makeApiKey(idOf(n)).key;

describe('the looks at the store for keys that nobody knows here', () => {
  const stored = new Map<string, KeyRow>();
  const shown = new Map<string, KeyRow>();
  const keys = { get: (id: string) => shown.get(id) ?? null, onCommitted: () => () => undefined };
  let looks: { end: () => void }[];
  let ring: KeyRing;
  beforeEach(() => {
    looks = [];
    // A look shows what was stored when it began.
    const look = () => {
      const seen = [...stored];
      return new Promise<void>((resolve) => {
        const end = () => {
          for (const [id, row] of seen) shown.set(id, row);
          resolve();
        };
        looks.push({ end });
      });
    };
    ring = new KeyRing(keys as unknown as ReadModel<KeyRow>, 'the-admin-key', look);
  });

  const turns = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const issue = (n: number) => {
    const { key, digest } = makeApiKey(idOf(n));
    stored.set(idOf(n), { keyId: idOf(n), role: 'bidder', subject: 'ada', digest, auctionIds: null, revoked: false });
    return key;
  };

  it('are shared, and one that began before a key came does not count for it', async () => {
    const first = Array.from({ length: 50 }, (_, n) => ring.principalOf(madeUp(n)));
    await turns();
    expect(looks).toHaveLength(1);
    // Issued elsewhere while the look is under way.
    const fresh = ring.principalOf(issue(1_000));
    const others = Array.from({ length: 50 }, (_, n) => ring.principalOf(madeUp(100 + n)));
    await turns();
    expect(looks).toHaveLength(1);
    looks[0]?.end();
    expect(new Set(await Promise.all(first))).toEqual(new Set([null]));
    await turns();
    expect(looks).toHaveLength(2);
    looks[1]?.end();
    expect(await fresh).toMatchObject({ subject: 'ada' });
    expect(new Set(await Promise.all(others))).toEqual(new Set([null]));
    const later = ring.principalOf(madeUp(0));
    await turns();
    looks[2]?.end();
    expect(await later).toBeNull();
    expect(looks).toHaveLength(3);
  });

  it('go on behind one that failed', async () => {
    let fail: (reason: Error) => void = () => undefined;
    const failing = jest.fn<() => Promise<void>>().mockResolvedValue();
    failing.mockReturnValueOnce(
      new Promise((_, reject) => {
        fail = reject;
      }),
    );
    const strict = new KeyRing(keys as unknown as ReadModel<KeyRow>, 'the-admin-key', failing);
    const one = strict.principalOf(madeUp(1));
    await turns();
    const two = strict.principalOf(madeUp(2));
    await turns();
    fail(new Error('away'));
    await expect(one).rejects.toThrow('away');
    expect(await two).toBeNull();
    expect(failing).toHaveBeenCalledTimes(2);
  });

  it('are not taken where the caller may not', async () => {
    const tooMany = () => {
      throw new Error('too many');
    };
    const refused = ring.principalOf(madeUp(1), tooMany);
    await expect(refused).rejects.toThrow('too many');
    expect(looks).toHaveLength(0);
    const mayLook = jest.fn(tooMany);
    const known = issue(2_000);
    shown.set(idOf(2_000), stored.get(idOf(2_000)) as KeyRow);
    expect(await ring.principalOf(known, mayLook)).toMatchObject({ subject: 'ada' });
    expect(await ring.principalOf('the-admin-key', mayLook)).toMatchObject({ role: 'admin' });
    expect(mayLook).not.toHaveBeenCalled();
  });
});

describe('an address that has made too many failed attempts', () => {
  let running: RunningServer;
  let ada: { url: string; key: string | null };
  beforeEach(async () => {
    running = await RunningServer.start({ GAVEL_RATE_LIMIT: '1' });
    ada = await running.admin.newCaller('bidder', 'ada');
  });
  afterEach(() => running.stop());

  /** A second later one more is let through. */
  const spendAll = async () => {
    const attempts = Array.from({ length: 20 }, () => running.admin.as('nonsense').get('/api/me'));
    expect((await Promise.all(attempts)).map(({ status }) => status)).toContain(429);
  };

  it('has the store asked about no further key, while known keys work', async () => {
    const looks = jest.spyOn(running.server.backend.visibility, 'keysShown');
    const stranger = running.admin.as(madeUp(1));
    await spendAll();
    const answer = await stranger.get('/api/me');
    expect(answer).toMatchObject({ status: 429, body: { code: 'rate-limited' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);

    await spendAll();
    const ws = new WebSocket(`${ada.url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': madeUp(2) } });
    const [, upgrade] = (await once(ws, 'unexpected-response')) as [ClientRequest, IncomingMessage];
    expect(upgrade.statusCode).toBe(429);
    upgrade.resume();

    const client = await PushClient.open({ url: ada.url, key: null });
    await spendAll();
    client.send({ authenticate: madeUp(3) });
    expect(await client.gone()).toEqual({ code: 1008, reason: 'rate-limited' });
    expect(looks).not.toHaveBeenCalled();

    expect((await running.admin.as(ada.key).get('/api/me')).status).toBe(200);
    const known = await PushClient.open(ada);
    expect(await known.next('Welcome')).toMatchObject({ subject: 'ada' });
    known.close();
  });
});
