import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { describeWith } from '#testing/needs.js';
import { RunningServer } from '../testing/running-server.js';
import { needs, openBrowser, visit } from './testing/browser.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const LONG_WORD = 'Supercalifragilisticexpialidocious'.repeat(6);
const looks = {
  'light, at a desk': { colorScheme: 'light' },
  'dark, on a phone': { colorScheme: 'dark', viewport: { width: 320, height: 568 }, isMobile: true },
} as const;

describeWith(needs, 'accessibility, by axe-core', () => {
  let running: RunningServer;
  let browser: Browser;
  let keys: Record<'bidder' | 'auctioneer' | 'admin' | 'nobody', string | null>;
  let paths: [who: keyof typeof keys, path: string, seen: string][];
  beforeAll(async () => {
    running = await RunningServer.start({ KAFKA_BROKERS: '127.0.0.1:1' });
    browser = await openBrowser();
    const { admin } = running;
    const ada = await admin.newCaller('bidder', 'ada');
    const ann = await admin.newCaller('auctioneer', 'ann');
    keys = { bidder: ada.key, auctioneer: ann.key, admin: admin.key, nobody: null };
    const { auctionId } = await ann.createAuction({ title: `A sale: ${LONG_WORD}` });
    const closesAt = new Date(Date.now() + 3_600_000).toISOString();
    const lot = await ann.addLot(auctionId, { title: `A clock: ${LONG_WORD}`, closesAt });
    const fixed = await ann.addLot(auctionId, {
      title: `Cups: ${LONG_WORD}`,
      startingBid: 0,
      buyNow: { price: 500, quantity: 9 },
    });
    await ann.run(auctionId, 'start');
    for (const amount of [500, 700, 600]) await ada.bid(lot.lotId, amount);
    await admin.as('wrong').get('/api/auctions');
    paths = [
      ['nobody', '/', 'Your key'],
      ['bidder', '/', 'A sale'],
      ['bidder', `/auctions/${auctionId}`, 'A clock'],
      ['bidder', `/lots/${lot.lotId}`, 'You are leading'],
      ['bidder', `/lots/${fixed.lotId}`, 'Buy now'],
      ['bidder', `/lots/${lot.lotId}/replay`, 'The lot at revision'],
      ['bidder', '/my-bids', 'You lead'],
      ['auctioneer', '/console', 'New auction'],
      ['auctioneer', `/console/${auctionId}`, 'Withdraw'],
      ['auctioneer', '/analytics', 'Kafka is not read'],
      ['admin', '/operator', 'unauthenticated'],
    ];
  });
  afterAll(async () => {
    await browser.close();
    await running.stop();
  });

  it.each(Object.entries(looks))(
    'finds nothing on any page: %s',
    async (_, options) => {
      for (const [who, path, seen] of paths) {
        const { page, faults } = await visit(browser, { url: running.server.url, key: keys[who], path, options });
        await page.getByText(seen).first().waitFor();
        await page
          .evaluate(`document.getAnimations().forEach((animation) => animation.finish?.call?.(animation))`)
          .catch(() => 0);
        await page.evaluate(axe);
        const found = (await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(WCAG)} })`)) as AxeResults;
        const violations = found.violations.map(({ id, nodes }) => ({
          id,
          where: nodes.map(({ html }) => html).slice(0, 3),
        }));
        expect({ path, violations }).toEqual({ path, violations: [] });
        const tooWide = await page.evaluate(
          'document.documentElement.scrollWidth > document.documentElement.clientWidth',
        );
        expect({ path, tooWide }).toEqual({ path, tooWide: false });
        expect(faults).toEqual([]);
        await page.context().close();
      }
    },
    120_000,
  );
});
