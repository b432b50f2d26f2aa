import { describeWith } from '#testing/needs.js';
import { needs } from './testing/browser.js';
import { inBrowser, Site } from './testing/site.js';

describeWith(needs, 'the page of analytics', () => {
  let site: Site;
  beforeAll(async () => {
    // Nobody is there: what is stored at a start is counted at once.
    site = await Site.open({ KAFKA_BROKERS: '127.0.0.1:1' });
  });
  afterEach(async () => {
    expect(await site.closeTabs()).toEqual([]);
  });
  afterAll(() => site.close());

  inBrowser('shows who sells what was bid and earned, by the time asked for, and how old that is', async () => {
    const lot = await site.openLot({ buyNow: { price: 25_000, quantity: 3 } });
    const ada = await site.admin.newCaller('bidder', 'ada');
    await ada.expect(201, ada.post(`/api/lots/${lot.lotId}/purchases`, { quantity: 2 }));
    const clock = await site.openLot();
    for (const amount of [10_000, 12_000, 14_000]) await ada.bid(clock.lotId, amount);
    await site.admin.close(clock.lotId);
    await site.restart();
    const page = await site.tab(await site.admin.newCaller('auctioneer', 'ann'), '/');
    await page.getByRole('link', { name: 'Analytics' }).click();
    await page.getByText('Kafka is not read at the moment').waitFor();
    // An auction may have gone over the end of a minute.
    await page.getByText(/^3 bids, \d in the busiest minute$/).waitFor({ state: 'attached' });
    const tiles = async () =>
      (await page.locator('.tiles > div').allInnerTexts()).map((text) => text.split(/\s*\n\s*/));
    const expected = [
      ['Bids', '3'],
      ['Units bought', '2'],
      ['Lots sold', '1'],
      ['Not sold', '0'],
      ['Withdrawn', '0'],
      ['Extensions', '0'],
      ['Revenue, USD', '$640.00'],
    ];
    expect(await tiles()).toEqual(expected);
    await page.getByLabel('Time').selectOption('day');
    await page.getByText(/^3 bids, \d in the busiest day$/).waitFor({ state: 'attached' });
    expect(await tiles()).toEqual(expected);
  });

  inBrowser('is not there for bidders', async () => {
    const page = await site.tab(await site.admin.newCaller('bidder', 'bob'), '/analytics');
    await page.getByRole('heading', { name: 'Auctions' }).waitFor();
    expect(await page.getByRole('link', { name: 'Analytics' }).count()).toBe(0);
  });
});
