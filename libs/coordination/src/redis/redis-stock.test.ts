import fc from 'fast-check';
import { SystemClock } from '#platform/clock.js';
import { describeWith } from '#testing/needs.js';
import { RedisServer, redisNeeds } from '#testing/redis-server.js';
import { InProcessStock } from '../in-process/in-process-stock.js';
import type { Stock } from '../stock.js';
import { describeStock } from '../testing/stock-suite.js';
import { RedisLink } from './redis-link.js';
import { RedisStock } from './redis-stock.js';

const QUANTITY = 5;
const purchase = fc.constantFrom('ann', 'bob', 'cat', 'dan');
const units = fc.integer({ min: 1, max: 3 });
/** Levels as a stream could have them: what is sold never falls as the revision rises. */
const revision = fc.integer({ min: 0, max: 8 });
const levelAt = (at: number) => ({ quantity: QUANTITY, sold: Math.min(QUANTITY, Math.floor(at / 1.5)), revision: at });

type Step = (stock: Stock, item: string) => Promise<unknown>;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(purchase, units).map(
    ([who, many]): Step =>
      (stock, item) =>
        stock.reserve(item, who, many),
  ),
  fc.tuple(purchase, units, revision).map(
    ([purchaseId, many, at]): Step =>
      (stock, item) =>
        stock.confirm(item, { purchaseId, units: many, level: levelAt(at) }),
  ),
  purchase.map(
    (who): Step =>
      (stock, item) =>
        stock.release(item, who),
  ),
  revision.map(
    (at): Step =>
      (stock, item) =>
        stock.restore(item, levelAt(at)),
  ),
);

describeWith(redisNeeds, 'with a real Redis', () => {
  let redis: RedisServer;
  let link: RedisLink;
  beforeAll(async () => {
    redis = await RedisServer.start();
    link = await RedisLink.open(redis.url, { answerMs: 10_000 });
  });
  afterAll(async () => {
    await link.close();
    await redis.stop();
  });

  describeStock('Redis', {
    open: async (holdMs) => new RedisStock(link, holdMs),
    lose: () => redis.flush(),
  });

  it('answers whatever happens as the stock in memory does, never below 0, and stock + sold + held = quantity', async () => {
    let items = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        items += 1;
        const item = `item-${items}`;
        const [inRedis, inMemory] = [new RedisStock(link), new InProcessStock(new SystemClock())];
        for (const take of steps) {
          expect(await take(inRedis, item)).toEqual(await take(inMemory, item));
          const view = await inRedis.view(item);
          expect(view).toEqual(await inMemory.view(item));
          if (view === null) continue;
          expect(Math.min(view.available, view.sold, view.held)).toBeGreaterThanOrEqual(0);
          expect(view.available + view.sold + view.held).toBe(QUANTITY);
        }
      }),
    );
  });

  it('frees only the holds that have expired', async () => {
    const [short, long] = [new RedisStock(link, 50), new RedisStock(link, 60_000)];
    await long.restore('mixed', { quantity: 2, sold: 0, revision: 1 });
    await short.reserve('mixed', 'ann', 1);
    await long.reserve('mixed', 'bob', 1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await long.reserve('mixed', 'cat', 1)).toBe('reserved');
    expect(await long.reserve('mixed', 'dan', 1)).toBe('contested');
  });

  it('leaves items of which nothing is heard to expire', async () => {
    await new RedisStock(link).restore('idle', levelAt(1));
    expect(await redis.client.pttl('stock:idle')).toBeGreaterThan(0);
  });
});
