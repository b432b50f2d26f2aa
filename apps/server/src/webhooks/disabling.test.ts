import { jest } from '@jest/globals';
import { currentVersion } from '#contracts/events/catalogue.js';
import { keyStream } from '#contracts/ids.js';
import { uuidV7 } from '#platform/uuid.js';
import { until } from '#testing/until.js';
import { RETRY_DELAYS_MS } from './retry-schedule.js';
import { context, Delivering, ids } from './testing/delivering.js';

const HOURS = 3_600_000;
const DAYS = 24 * HOURS;

describe('a subscription', () => {
  let delivering: Delivering;
  beforeEach(async () => {
    delivering = await Delivering.start();
  });
  afterEach(() => delivering.close());

  const row = (partner: string, webhookId: string) => delivering.readModels.webhooks.get(`${partner}/${webhookId}`);

  const append = (keyId: string, type: string, data: object, revision: number) =>
    delivering.store.commit(keyStream(keyId), revision === 0 ? 'no-stream' : revision - 1, [
      {
        ...{ id: uuidV7(), type, version: currentVersion(type), data },
        metadata: { commandId: uuidV7(), correlationId: 'c', causationId: 'c', actor: 'test' },
      },
    ]);
  const issue = (subject: string, role = 'partner', auctionIds: string[] | null = null) => {
    const keyId = uuidV7();
    append(keyId, 'KeyIssued', { keyId, role, subject, digest: 'ab'.repeat(32), auctionIds }, 0);
    return keyId;
  };
  const revoke = (keyId: string) => append(keyId, 'KeyRevoked', { keyId }, 1);

  it('is disabled after five days without a success, tells why, and goes on when it is enabled', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    delivering.publish(1);
    await delivering.sentTo(webhookId, 1);
    for (let day = 1; day <= 5; day += 1) {
      expect(row('admin', webhookId)?.disabled).toBeNull();
      delivering.clock.advance(DAYS);
      const before = delivering.post.of(webhookId).length;
      delivering.publish(1);
      await delivering.sentTo(webhookId, before + 1);
    }
    await until(() => row('admin', webhookId)?.disabled != null);
    expect(row('admin', webhookId)?.disabled).toEqual({
      reason: 'failing',
      detail: 'No delivery has succeeded since 2026-03-01T00:00:00.000Z: status 500',
      at: delivering.clock.now(),
    });
    const attempts = delivering.post.of(webhookId).length;
    const [missed] = delivering.publish(1);
    await delivering.advance(2 * DAYS);
    expect(delivering.post.of(webhookId)).toHaveLength(attempts);
    delivering.post.answer = () => ({});
    await delivering.change(webhookId, 'Enable');
    await until(() => ids(delivering.post.of(webhookId)).includes(missed as string));
    expect(row('admin', webhookId)?.disabled).toBeNull();
  });

  it('is not disabled by one failure behind a quiet time, whatever was given up before it', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    delivering.publish(1);
    await delivering.sentTo(webhookId, 1);
    for (const delay of RETRY_DELAYS_MS) await delivering.advance(delay);
    expect(delivering.rows(webhookId).map(({ state }) => state)).toEqual(['dead']);
    await delivering.advance(30 * DAYS);
    delivering.publish(1);
    await delivering.sentTo(webhookId, RETRY_DELAYS_MS.length + 2);
    await delivering.seen();
    expect(row('admin', webhookId)?.disabled).toBeNull();
    expect(delivering.rows(webhookId).map(({ state }) => state)).toEqual(['pending', 'dead']);
    expect(delivering.journal.lanes(webhookId)?.failingSince).toBe(delivering.clock.now());
  });

  it('begins anew for whoever enables it, also while nobody delivers', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    delivering.publish(1);
    await delivering.sentTo(webhookId, 1);
    const disable = {
      type: 'Disable',
      reason: 'access-revoked',
      detail: 'No key',
      at: delivering.clock.now(),
    } as const;
    await delivering.writer.execute(webhookId, disable, context());
    await delivering.seen();
    await delivering.end();
    delivering.clock.advance(5 * DAYS);
    await delivering.change(webhookId, 'Enable');
    const [fresh] = delivering.publish(1);
    await delivering.begin();
    await until(() => ids(delivering.post.of(webhookId)).includes(fresh as string));
    await delivering.settled();
    await delivering.seen();
    expect(row('admin', webhookId)?.disabled).toBeNull();
  });

  it('is disabled at once by 410', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 410 });
    delivering.publish(1);
    await until(() => row('admin', webhookId)?.disabled?.reason === 'gone');
  });

  it('is disabled when the partner has no valid key any more, also when the key went while nobody delivered', async () => {
    const [one, two, site] = [issue('press'), issue('press'), issue('site')];
    await delivering.seen();
    const press = await delivering.subscribe('press');
    const ofSite = await delivering.subscribe('site');
    revoke(one);
    await delivering.seen();
    await delivering.settled();
    expect(row('press', press)?.disabled).toBeNull();
    revoke(two);
    await until(() => row('press', press)?.disabled?.reason === 'access-revoked');
    expect(row('site', ofSite)?.disabled).toBeNull();
    await delivering.end();
    revoke(site);
    await delivering.seen();
    await delivering.begin();
    await until(() => row('site', ofSite)?.disabled?.reason === 'access-revoked');
  });

  it('is not kept by a key of the same subject that may not subscribe', async () => {
    const [key] = [issue('press'), issue('press', 'bidder'), issue('press', 'auctioneer')];
    await delivering.seen();
    const [all, some] = [
      await delivering.subscribe('press'),
      await delivering.subscribe('press', { auctionIds: [uuidV7()] }),
    ];
    await delivering.settled();
    expect([all, some].map((id) => row('press', id)?.disabled)).toEqual([null, null]);
    revoke(key);
    for (const id of [all, some]) await until(() => row('press', id)?.disabled?.reason === 'access-revoked');
    expect(row('press', some)?.disabled?.detail).toBe('The partner has no valid key any more');
  });

  it('is disabled when its key was revoked before the subscription was stored, or enabled again', async () => {
    const key = issue('press');
    await delivering.seen();
    revoke(key);
    await delivering.seen();
    const press = await delivering.subscribe('press');
    await until(() => row('press', press)?.disabled?.reason === 'access-revoked');
    await delivering.change(press, 'Enable', 'press');
    await until(() => row('press', press)?.disabled?.reason === 'access-revoked');
  });

  it('is disabled when the keys that are left are narrower than it', async () => {
    const [one, two, three] = Array.from({ length: 3 }, () => uuidV7()) as [string, string, string];
    const wide = issue('press');
    const [first] = [issue('press', 'partner', [one]), issue('press', 'partner', [two])];
    await delivering.seen();
    const [all, both, second, other] = [
      await delivering.subscribe('press'),
      await delivering.subscribe('press', { auctionIds: [one, two] }),
      await delivering.subscribe('press', { auctionIds: [two] }),
      await delivering.subscribe('press', { auctionIds: [two, three] }),
    ];
    const reasons = () => [all, both, second, other].map((id) => row('press', id)?.disabled?.reason ?? null);
    revoke(issue('press'));
    await delivering.seen();
    await delivering.settled();
    expect(reasons()).toEqual([null, null, null, null]);

    revoke(wide);
    await until(() => reasons()[3] !== null);
    await delivering.settled();
    await delivering.seen();
    expect(reasons()).toEqual(['access-revoked', null, null, 'access-revoked']);
    expect(row('press', all)?.disabled?.detail).toBe(
      'The valid keys of the partner do not cover all of its auctions any more',
    );
    const [missed] = delivering.publish(1);
    await delivering.advance(DAYS);
    expect(ids(delivering.post.sent)).not.toContain(missed);

    revoke(first);
    await until(() => reasons()[1] !== null);
    expect(reasons()).toEqual(['access-revoked', 'access-revoked', null, 'access-revoked']);
  });

  it('stays for an admin of any subject until its last key is revoked', async () => {
    const key = issue('ops', 'admin');
    await delivering.seen();
    const webhookId = await delivering.subscribe('ops');
    await delivering.end();
    await delivering.begin();
    revoke(issue('someone'));
    await delivering.seen();
    await delivering.settled();
    expect(row('ops', webhookId)?.disabled).toBeNull();
    revoke(key);
    await until(() => row('ops', webhookId)?.disabled?.reason === 'access-revoked');
  });

  it('is not disabled because the read model of the keys is behind that of the webhooks', async () => {
    issue('press');
    await delivering.seen();
    const webhookId = await delivering.subscribe('press');
    await delivering.end();
    const { keys } = delivering.readModels;
    const behind = jest.spyOn(keys, 'waitFor').mockResolvedValueOnce(false);
    const scan = jest.spyOn(keys, 'scan').mockReturnValue([]);
    await delivering.begin();
    await behind.mock.results[0]?.value;
    await delivering.settled();
    scan.mockRestore();
    const gone = await delivering.subscribe('gone');
    // Judged when the keys are known.
    for (let second = 0; second < 60; second += 1) delivering.dispatcher.tick();
    await until(() => row('gone', gone)?.disabled?.reason === 'access-revoked');
    expect(row('press', webhookId)?.disabled).toBeNull();
  });

  it('ends with the subscription, and keeps nothing of it', async () => {
    const webhookId = await delivering.subscribe();
    delivering.post.answer = () => ({ status: 500 });
    delivering.publish(3);
    await delivering.sentTo(webhookId, 3);
    await delivering.change(webhookId, 'Delete');
    await until(() => delivering.journal.webhookIds().length === 0);
    expect(delivering.rows(webhookId)).toEqual([]);
    delivering.publish(1);
    await delivering.advance(5_000);
    expect(delivering.post.of(webhookId)).toHaveLength(3);
  });
});
