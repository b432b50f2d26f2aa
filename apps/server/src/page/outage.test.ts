import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EventStoreDouble } from '#event-store/eventstoredb/testing/event-store-double.js';
import { describeWith } from '#testing/needs.js';
import { emptyDirectory, ServerProcess } from '../testing/server-process.js';
import { needs, openBrowser, visit } from './testing/browser.js';

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
