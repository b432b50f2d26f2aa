import type { Browser, Page } from 'playwright-core';
import type { AddLotBody, LotView } from '#contracts/http/lots.js';
import { freePort } from '#testing/free-ports.js';
import { describeWith } from '#testing/needs.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { RunningServer } from '../testing/running-server.js';
import { needs, openBrowser, type Tab, visit } from './testing/browser.js';

const PATIENCE_MS = 12_000;
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/** Browsers are slow where many tests run at once. */
const inBrowser = (name: string, test: () => Promise<void>) => it(name, test, 90_000);

/** Waits until the element's text matches; fails with what it said instead. */
async function sees(page: Page, testId: string, text: RegExp): Promise<void> {
  await page
    .getByTestId(testId)
    .filter({ hasText: text })
    .waitFor({ timeout: PATIENCE_MS })
    .catch(async () => {
      const main = await page.locator('main').innerText();
      throw new Error(`${testId} does not become ${text}; the page says:\n${main}`);
    });
}

describeWith(needs, 'the page in a browser', () => {
  let running: RunningServer;
  let port: number;
  let browser: Browser;
  const tabs: Tab[] = [];
  beforeAll(async () => {
    port = await freePort();
    running = await RunningServer.start({ PORT: String(port) });
    browser = await openBrowser();
  });
  afterEach(async () => {
    for (const { page, faults } of tabs.splice(0)) {
      await page.context().close();
      expect(faults).toEqual([]);
    }
  });
  afterAll(async () => {
    await browser.close();
    await running.stop();
  });

  async function openLot(body: Partial<AddLotBody> = {}): Promise<LotView> {
    const { auctionId } = await running.admin.createAuction({ title: 'A sale' });
    const lot = await running.admin.addLot(auctionId, { title: 'A brass clock', startingBid: 10_000, ...body });
    await running.admin.run(auctionId, 'start');
    return lot;
  }
  async function tab(who: GavelClient, path: string): Promise<Page> {
    const opened = await visit(browser, { url: running.server.url, key: who.key, path });
    tabs.push(opened);
    return opened.page;
  }
  const lotTab = (who: GavelClient, { lotId }: LotView) => tab(who, `/lots/${lotId}`);
  const live = (page: Page) => page.locator('[data-connection="live"]').waitFor({ state: 'attached' });

  async function bid(page: Page, amount: string): Promise<void> {
    await page.getByLabel(/Your (bid|maximum)/).fill(amount);
    await page.getByLabel(/Your (bid|maximum)/).press('Enter');
  }

  inBrowser('signs in with a key, says so when it is wrong, and forgets it on signing out', async () => {
    const ada = await running.admin.newCaller('bidder', 'ada');
    const opened = await visit(browser, { url: running.server.url, key: null });
    tabs.push(opened);
    const { page } = opened;
    await page.getByLabel('Your key').fill('not-a-key');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That key is not known here.').waitFor();
    await page.getByLabel('Your key').fill(ada.key ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Auctions' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Auctions' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Your key').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  inBrowser('asks again when told to, after the server did not answer', async () => {
    const ada = await running.admin.newCaller('bidder', 'ada');
    const page = await tab(ada, '/my-bids');
    await page.getByText('You have not bid yet.').waitFor();
    await page.route('**/api/me/bids*', (route) => route.abort(), { times: 1 });
    await page.reload();
    await page.getByRole('alert').getByText('The server cannot be reached').first().waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('You have not bid yet.').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  inBrowser('says to the operator that an answer of a proxy is not understood, and goes on trying', async () => {
    const page = await tab(running.admin, '/operator');
    await page.getByText('store works').waitFor();
    const proxy = { status: 200, contentType: 'text/html', body: '<title>Sign in to the network</title>' };
    for (const path of ['/health/ready', '/metrics', '/api/refusals'])
      await page.route(`**${path}`, (route) => route.fulfill(proxy));
    await page.getByText('server gave an answer that is not understood (200)').waitFor();
    await page.getByRole('alert').getByText('The answer is not understood').first().waitFor();
    await page.unrouteAll();
    await page.getByText('store works').waitFor();
    await page.getByRole('alert').first().waitFor({ state: 'detached' });
  });

  inBrowser("asks once for a bidder's own bids on the page of a lot", async () => {
    const ada = await running.admin.newCaller('bidder', 'ada');
    const lot = await openLot();
    await ada.bid(lot.lotId, 20_000);
    const page = await tab(ada, '/');
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/api/me/bids')) asked += 1;
    });
    await page.goto(`${running.server.url}/lots/${lot.lotId}`);
    await live(page);
    await sees(page, 'standing', /You are leading/);
    await page.getByText('Your highest bid: $200.00').waitFor();
    expect(asked).toBe(1);
  });

  inBrowser('says that an auction closes, and of nothing that it closes in no time', async () => {
    const ada = await running.admin.newCaller('bidder', 'ada');
    const { auctionId } = await running.admin.createAuction({
      title: 'A staggered sale',
      closesAt: inSeconds(5),
      stagger: { stepSeconds: 600 },
    });
    for (const title of ['First', 'Second']) await running.admin.addLot(auctionId, { title });
    await running.admin.run(auctionId, 'start');
    const page = await tab(ada, '/');
    const card = page.getByRole('article').filter({ hasText: 'A staggered sale' });
    await card.getByText(/First lot closes in/).waitFor();
    await card.getByText('Lots are closing', { exact: true }).waitFor();
    expect(await card.getByText(/closes in/).count()).toBe(0);
  });

  inBrowser('says once that there is no such lot, and offers nothing that cannot help', async () => {
    const page = await tab(running.admin, '/lots/019a0000-0000-7000-8000-000000000001');
    await page.getByRole('alert').getByText('There is no such lot').waitFor();
    expect((await page.getByRole('alert').innerText()).trim()).toBe('There is no such lot');
  });

  inBrowser('says that there is nothing at an address that was mistyped', async () => {
    const page = await tab(running.admin, '/auctoins');
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await page.getByRole('link', { name: 'Auctions' }).click();
    await page.getByRole('heading', { name: 'Auctions' }).waitFor();
  });

  inBrowser(
    'says so when the server cannot be reached while the page is loaded again, and goes on when it can',
    async () => {
      const newcomer = await running.admin.newCaller('bidder', 'newcomer');
      const page = await tab(newcomer, '/my-bids');
      await page.getByText('You have not bid yet.').waitFor();
      await page.route('**/api/me', (route) => route.abort());
      await page.reload();
      await page.getByRole('alert').getByText('The server cannot be reached', { exact: true }).waitFor();
      await page.unrouteAll();
      await page.getByText('You have not bid yet.').waitFor();
    },
  );

  inBrowser('lets two bidders bid against each other, and both see each price and where they stand', async () => {
    const [ada, ben] = await Promise.all(['ada', 'ben'].map((name) => running.admin.newCaller('bidder', name)));
    const lot = await openLot();
    const hers = await lotTab(ada as GavelClient, lot);
    const his = await lotTab(ben as GavelClient, lot);
    await Promise.all([live(hers), live(his)]);
    await bid(hers, '150');
    await Promise.all([sees(hers, 'price', /\$150\.00/), sees(his, 'price', /\$150\.00/)]);
    await sees(hers, 'standing', /You are leading/);
    await bid(his, '175.50');
    await Promise.all([sees(hers, 'price', /\$175\.50/), sees(his, 'price', /\$175\.50/)]);
    await Promise.all([sees(hers, 'standing', /You have been outbid/), sees(his, 'standing', /You are leading/)]);
    await hers.getByText('At least $175.51 to lead').waitFor();
    await running.admin.close(lot.lotId);
    await Promise.all([sees(hers, 'standing', /You did not win/), sees(his, 'standing', /You won this lot/)]);
    await sees(his, 'price', /Sold for/);
  });

  inBrowser('never shows a hidden maximum to anybody but its bidder', async () => {
    const [ada, ben] = await Promise.all(['ada', 'ben'].map((name) => running.admin.newCaller('bidder', name)));
    const lot = await openLot({ bidPolicy: 'proxy', increments: 'ebay' });
    const hers = await lotTab(ada as GavelClient, lot);
    const his = await lotTab(ben as GavelClient, lot);
    await Promise.all([live(hers), live(his)]);
    await bid(hers, '987.65');
    await hers.getByText('Your maximum: $987.65').waitFor();
    await sees(his, 'price', /\$100\.00/);
    await bid(his, '200');
    await his.getByText(/Somebody else's maximum is higher/).waitFor();
    await sees(his, 'price', /\$202\.50/);
    expect(await his.content()).not.toContain('987.65');
  });

  inBrowser('moves the end on a late bid, by the clock of the server', async () => {
    const ada = await running.admin.newCaller('bidder', 'ada');
    const lot = await openLot({ closesAt: inSeconds(50), softClose: { windowSeconds: 60, extensionSeconds: 3_600 } });
    const page = await lotTab(ada, lot);
    await live(page);
    await sees(page, 'countdown', /0:[0-5]\d/);
    await ada.bid(lot.lotId, 20_000);
    await sees(page, 'countdown', /(59:\d\d|1:00:00)/);
    await page.getByText('1 time').waitFor();
  });

  inBrowser('comes back after a restart of the server, with all that happened in between', async () => {
    const ada = await running.admin.newCaller('bidder', 'ada');
    const lot = await openLot();
    const page = await lotTab(ada, lot);
    await live(page);
    await ada.bid(lot.lotId, 20_000);
    await sees(page, 'price', /\$200\.00/);
    running = await running.restart({ PORT: String(port) });
    const again = running.admin.as(ada.key);
    for (const amount of [21_000, 22_000, 23_000]) await again.bid(lot.lotId, amount);
    await sees(page, 'price', /\$230\.00/);
    const rows = page.getByRole('table').getByRole('row');
    await rows.nth(4).waitFor();
    expect(await rows.locator('td:first-child').allInnerTexts()).toEqual(['4', '3', '2', '1']);
    await again.bid(lot.lotId, 24_000);
    await sees(page, 'price', /\$240\.00/);
    await live(page);
  });

  inBrowser('sells out in front of a second buyer', async () => {
    const [ada, ben] = await Promise.all(['ada', 'ben'].map((name) => running.admin.newCaller('bidder', name)));
    const lot = await openLot({ startingBid: 0, buyNow: { price: 5_000, quantity: 2 } });
    const hers = await lotTab(ada as GavelClient, lot);
    const his = await lotTab(ben as GavelClient, lot);
    await Promise.all([live(hers), live(his)]);
    await hers.getByRole('button', { name: 'Buy now for $50.00' }).click();
    await hers.getByRole('button', { name: 'Yes, buy it' }).click();
    await sees(his, 'stock', /1 of 2 left/);
    await his.getByRole('button', { name: 'Buy now for $50.00' }).click();
    await hers.getByRole('button', { name: 'Buy now for $50.00' }).click();
    await hers.getByRole('button', { name: 'Yes, buy it' }).click();
    await sees(his, 'stock', /Sold out/);
    expect(await his.getByRole('button', { name: /buy/i }).count()).toBe(0);
  });

  inBrowser('takes back the offer to buy when a bid ends it', async () => {
    const [ada, ben] = await Promise.all(['ada', 'ben'].map((name) => running.admin.newCaller('bidder', name)));
    const lot = await openLot({ startingBid: 0, buyNow: { price: 5_000, quantity: 1 } });
    const page = await lotTab(ada as GavelClient, lot);
    await live(page);
    await page.getByRole('button', { name: 'Buy now for $50.00' }).waitFor();
    await (ben as GavelClient).bid(lot.lotId, 1_000);
    await page.getByText('The bidding has ended buying now.').waitFor();
    expect(await page.getByRole('button', { name: 'Buy now for $50.00' }).count()).toBe(0);
  });

  inBrowser('tells a buyer who came too late for the last unit', async () => {
    const ada = await running.admin.newCaller('bidder', 'ada');
    const lot = await openLot({ startingBid: 0, buyNow: { price: 5_000, quantity: 2 } });
    const page = await lotTab(ada, lot);
    await live(page);
    await page.routeWebSocket('**/ws', () => undefined);
    await page.reload();
    await page.getByRole('button', { name: 'Buy now for $50.00' }).click();
    for (const _ of [1, 2]) await ada.expect(201, ada.post(`/api/lots/${lot.lotId}/purchases`, {}));
    await page.getByRole('button', { name: 'Yes, buy it' }).click();
    await page.getByRole('alert').getByText('Sold out').waitFor();
  });

  inBrowser('lets an auctioneer make an auction, add lots by form and by file, run it and close a lot', async () => {
    const ann = await running.admin.newCaller('auctioneer', 'ann');
    const page = await tab(ann, '/console');
    await page.getByLabel('Title').fill('Autumn sale');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('tab', { name: 'Add a lot' }).click();
    await page.getByLabel('Title').fill('Brass lamp');
    await page.getByLabel('Starting bid').fill('25');
    await page.getByLabel('VIN').fill('TOO-SHORT');
    await page.getByRole('button', { name: 'Add the lot' }).click();
    await page.getByRole('alert').getByText('Something is not filled in right').waitFor();
    await page.getByLabel('VIN').fill('');
    await page.getByRole('button', { name: 'Add the lot' }).click();
    await page.getByText('“Brass lamp” is lot 1.').waitFor();
    await page.getByRole('tab', { name: 'Import a CSV' }).click();
    const csv = 'title,startingBid,bidPolicy\nTable,20.00,\nChair,abc,\nLamp,5.00,sealed\nVase,"1,000",proxy\n';
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'lots.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByText('lots.csv: 4 rows, 1 cannot be read, 0 added.').waitFor();
    await page.getByRole('button', { name: 'Add 3 lots' }).click();
    await page.getByText('lots.csv: 4 rows, 1 cannot be read, 2 added.').waitFor();
    const became = await page.getByRole('table').locator('td:last-child').allInnerTexts();
    expect(became).toEqual([
      expect.stringMatching(/^Lot [23]$/),
      'startingBid: “abc” is no amount',
      'bidPolicy: must be one of open, proxy',
      expect.stringMatching(/^Lot [23]$/),
    ]);
    await page.getByRole('button', { name: 'Start the auction' }).click();
    await page.getByRole('button', { name: 'Sure? Start the auction' }).click();
    await page.getByRole('tab', { name: 'Lots (3)' }).click();
    await page.getByRole('button', { name: 'Close Brass lamp' }).click();
    await page.getByRole('button', { name: 'Sure? Close Brass lamp' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Brass lamp' }).getByText('Not sold').waitFor();
  });

  inBrowser('travels in time: the state behind any event, by keyboard, and plays it', async () => {
    const ada = await running.admin.newCaller('bidder', 'ada');
    const lot = await openLot();
    for (const amount of [20_000, 30_000]) await ada.bid(lot.lotId, amount);
    await running.admin.close(lot.lotId);
    const page = await tab(ada, `/lots/${lot.lotId}/replay`);
    await sees(page, 'state-at', /Sold/);
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('Home');
    await sees(page, 'state-at', /Not open yet/);
    for (const _ of [1, 2]) await page.keyboard.press('ArrowRight');
    await sees(page, 'state-at', /\$200\.00/);
    await page.getByRole('button', { name: 'Play' }).click();
    await sees(page, 'state-at', /Sold[\s\S]*\$300\.00/);
    expect(await page.getByRole('button', { name: /^(Bid|Buy)/ }).count()).toBe(0);
  });

  inBrowser('shows an operator what was refused, and issues a key', async () => {
    await running.admin.as('wrong').get('/api/auctions');
    const page = await tab(running.admin, '/operator');
    await page.getByText('401 unauthenticated').first().waitFor();
    await page.getByText('store works').waitFor();
    await page.getByLabel('For whom').fill('zoe');
    await page.getByRole('button', { name: 'Issue' }).click();
    await page.getByText('The key of zoe, shown this once').waitFor();
  });

  inBrowser('draws a thousand lots as cheaply as twenty, and shows the price of each as it changes', async () => {
    const ada = await running.admin.newCaller('bidder', 'ada');
    const { auctionId } = await running.admin.createAuction({ title: 'A thousand lots' });
    const add = (_: unknown, i: number) => running.admin.addLot(auctionId, { title: `Lot number ${i}` });
    const lots: LotView[] = [];
    for (let i = 0; i < 1_000; i += 50)
      lots.push(...(await Promise.all(Array.from({ length: 50 }, (_, j) => add(_, i + j)))));
    await running.admin.run(auctionId, 'start');
    const page = await tab(ada, `/auctions/${auctionId}`);
    await live(page);
    expect(await page.getByRole('listitem').count()).toBeLessThan(60);
    await page.getByRole('listitem').first().waitFor();
    expect(await page.getByRole('listitem').first().getAttribute('aria-setsize')).toBe('1000');
    await page.getByLabel('Search the lots by title').fill('number 977');
    const row = page.getByRole('listitem').filter({ hasText: 'Lot number 977' });
    await row.waitFor();
    await ada.bid(lots.find(({ title }) => title === 'Lot number 977')?.lotId ?? '', 98_765);
    await row.getByText('$987.65').waitFor();
    await row.getByText('You lead').waitFor();

    const desk = await tab(running.admin, `/console/${auctionId}`);
    await live(desk);
    await desk.getByRole('listitem').first().waitFor();
    expect(await desk.getByRole('listitem').count()).toBeLessThan(60);
    await desk.locator('dl div', { hasText: 'Open' }).getByText('1,000').waitFor();
    await desk.locator('dl div', { hasText: 'Bids' }).getByText('1', { exact: true }).waitFor();
    await desk.keyboard.press('End');
    await desk.locator('[aria-posinset="1000"]').waitFor();
    expect(await desk.getByRole('listitem').count()).toBeLessThan(60);
  });
});
