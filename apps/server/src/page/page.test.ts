import type { LotView } from '#contracts/http/lots.js';
import { describeWith } from '#testing/needs.js';
import { needs } from './testing/browser.js';
import { inBrowser, inSeconds, live, Site, sees } from './testing/site.js';

describeWith(needs, 'the page in a browser', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.open();
  });
  afterEach(async () => {
    expect(await site.closeTabs()).toEqual([]);
  });
  afterAll(() => site.close());

  inBrowser('signs in with a key, says so when it is wrong, and forgets it on signing out', async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const page = await site.tab(site.admin.as(null), '/');
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
    const ada = await site.admin.newCaller('bidder', 'ada');
    const page = await site.tab(ada, '/my-bids');
    await page.getByText('You have not bid yet.').waitFor();
    await page.route('**/api/me/bids*', (route) => route.abort(), { times: 1 });
    await page.reload();
    await page.getByRole('alert').getByText('The server cannot be reached').first().waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('You have not bid yet.').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  inBrowser('says to the operator that an answer of a proxy is not understood, and goes on trying', async () => {
    const page = await site.tab(site.admin, '/operator');
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

  inBrowser('says that an auction closes, and of nothing that it closes in no time', async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const { auctionId } = await site.admin.createAuction({
      title: 'A staggered sale',
      closesAt: inSeconds(5),
      stagger: { stepSeconds: 600 },
    });
    for (const title of ['First', 'Second']) await site.admin.addLot(auctionId, { title });
    await site.admin.run(auctionId, 'start');
    const page = await site.tab(ada, '/');
    const card = page.getByRole('article').filter({ hasText: 'A staggered sale' });
    await card.getByText(/First lot closes in/).waitFor();
    await card.getByText('Lots are closing', { exact: true }).waitFor();
    expect(await card.getByText(/closes in/).count()).toBe(0);
  });

  inBrowser('says once that there is no such lot, and offers nothing that cannot help', async () => {
    const page = await site.tab(site.admin, '/lots/019a0000-0000-7000-8000-000000000001');
    await page.getByRole('alert').getByText('There is no such lot').waitFor();
    expect((await page.getByRole('alert').innerText()).trim()).toBe('There is no such lot');
  });

  inBrowser('says that there is nothing at an address that was mistyped', async () => {
    const page = await site.tab(site.admin, '/auctoins');
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await page.getByRole('link', { name: 'Auctions' }).click();
    await page.getByRole('heading', { name: 'Auctions' }).waitFor();
  });

  inBrowser(
    'says so when the server cannot be reached while the page is loaded again, and goes on when it can',
    async () => {
      const newcomer = await site.admin.newCaller('bidder', 'newcomer');
      const page = await site.tab(newcomer, '/my-bids');
      await page.getByText('You have not bid yet.').waitFor();
      await page.route('**/api/me', (route) => route.abort());
      await page.reload();
      await page.getByRole('alert').getByText('The server cannot be reached', { exact: true }).waitFor();
      await page.unrouteAll();
      await page.getByText('You have not bid yet.').waitFor();
    },
  );

  inBrowser('lets an auctioneer make an auction, add lots by form and by file, run it and close a lot', async () => {
    const ann = await site.admin.newCaller('auctioneer', 'ann');
    const page = await site.tab(ann, '/console');
    await page.getByLabel('Title').fill('Autumn sale');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('tab', { name: 'Add a lot' }).click();
    await page.getByLabel('Title').fill('Brass lamp');
    await page.getByLabel('Starting bid').fill('2,5');
    await page.getByText('“2,5” is no amount as in 1,234.50.').waitFor();
    expect(await page.getByRole('button', { name: 'Add the lot' }).isDisabled()).toBe(true);
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
      'startingBid: “abc” is no amount as in 1,234.50',
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
    const ada = await site.admin.newCaller('bidder', 'ada');
    const lot = await site.openLot();
    for (const amount of [20_000, 30_000]) await ada.bid(lot.lotId, amount);
    await site.admin.close(lot.lotId);
    const page = await site.tab(ada, `/lots/${lot.lotId}/replay`);
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
    await site.admin.as('wrong').get('/api/auctions');
    const page = await site.tab(site.admin, '/operator');
    await page.getByText('401 unauthenticated').first().waitFor();
    await page.getByText('store works').waitFor();
    await page.getByLabel('For whom').fill('zoe');
    await page.getByRole('button', { name: 'Issue' }).click();
    await page.getByText('The key of zoe, shown this once').waitFor();
  });

  inBrowser('draws a thousand lots as cheaply as twenty, and shows the price of each as it changes', async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const { auctionId } = await site.admin.createAuction({ title: 'A thousand lots' });
    const add = (_: unknown, i: number) => site.admin.addLot(auctionId, { title: `Lot number ${i}` });
    const lots: LotView[] = [];
    for (let i = 0; i < 1_000; i += 50)
      lots.push(...(await Promise.all(Array.from({ length: 50 }, (_, j) => add(_, i + j)))));
    await site.admin.run(auctionId, 'start');
    const page = await site.tab(ada, `/auctions/${auctionId}`);
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

    const desk = await site.tab(site.admin, `/console/${auctionId}`);
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
