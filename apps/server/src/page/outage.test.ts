import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { EventStoreDouble } from '#event-store/eventstoredb/testing/event-store-double.js';
import { describeWith } from '#testing/needs.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';
import { needs, openBrowser, visit } from './testing/browser.js';
import { inBrowser, live, Site, sees } from './testing/site.js';

describeWith(needs, 'the page when answers are lost', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.open();
  });
  afterEach(async () => {
    expect(await site.closeTabs()).toEqual([]);
  });
  afterAll(() => site.close());

  /** What is sent arrives, and its answer does not, five times: as often as the page asks by itself. */
  async function loseAnswers(page: Page, path: string): Promise<Set<string | undefined>> {
    const keys = new Set<string | undefined>();
    let sent = 0;
    await page.route(path, async (route) => {
      keys.add(route.request().headers()['idempotency-key']);
      sent += 1;
      if (sent > 5) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    return keys;
  }

  inBrowser('buys once however often one presses, and says meanwhile that it is not known', async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const lot = await site.openLot({ startingBid: 0, buyNow: { price: 500, quantity: 10 } });
    const page = await site.lotTab(ada, lot);
    await live(page);
    const keys = await loseAnswers(page, '**/purchases');
    const buy = async () => {
      await page.getByRole('button', { name: 'Buy now' }).click();
      await page.getByRole('button', { name: 'Yes, buy it' }).click();
    };
    await buy();
    const notice = page.getByRole('alert').getByText('It is not known whether this was done');
    await notice.waitFor();
    await buy();
    await page.getByText('You bought 1 for $5.00.').waitFor();
    expect([keys.size, await notice.count()]).toEqual([1, 0]);
    await sees(page, 'stock', /9 of 10 left/);
  });

  inBrowser('asks for the same bid, although it has changed what the least bid is', async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const page = await site.lotTab(ada, await site.openLot());
    await live(page);
    const keys = await loseAnswers(page, '**/bids');
    await page.getByRole('button', { name: 'Bid $100.01' }).click();
    await page.getByText('At least $100.02 to lead').waitFor();
    await page.getByRole('alert').getByText('It is not known whether this was done').waitFor();
    await page.getByRole('button', { name: 'Bid $100.01' }).click();
    await page.getByText('Your highest bid: $100.01').waitFor();
    await page.getByRole('button', { name: 'Bid $100.02' }).waitFor();
    expect(keys.size).toBe(1);
    expect(await page.getByRole('table').getByRole('row').count()).toBe(2);
  });
});

describeWith(needs, 'the page while the event store is away', () => {
  it('shows a bid as pending, and what became of it when the store is back', async () => {
    const directory = await emptyDirectory();
    const double = await EventStoreDouble.start({ dataFile: join(directory, 'events.jsonl') });
    const server = await ServerProcess.start(join(directory, 'data'), { EVENTSTORE_URL: double.url });
    const browser = await openBrowser();
    try {
      const { admin } = server;
      const ada = await admin.newCaller('bidder', 'ada');
      const { auctionId } = await admin.createAuction();
      const { lotId } = await admin.addLot(auctionId, { startingBid: 10_000 });
      await admin.run(auctionId, 'start');
      const { page, faults } = await visit(browser, { url: admin.url, key: ada.key, path: `/lots/${lotId}` });
      await page.locator('[data-connection="live"]').waitFor({ state: 'attached' });
      await double.kill();
      await page.getByLabel('Your bid').fill('234.50');
      await page.getByLabel('Your bid').press('Enter');
      const pending = page.getByTestId('pending');
      await pending.getByText('Your bid of $234.50 is kept safe and pending').waitFor();
      expect(await page.getByTestId('price').innerText()).not.toContain('234.50');
      await double.restart();
      await pending.getByText('Your bid is stored.').waitFor({ timeout: 45_000 });
      await page.getByTestId('price').getByText('$234.50').waitFor({ timeout: 45_000 });
      await page.getByTestId('standing').getByText('You are leading').waitFor();
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
      await server.end('SIGKILL');
      await double.stop();
      await rm(directory, { recursive: true, force: true });
    }
  }, 150_000);
});
