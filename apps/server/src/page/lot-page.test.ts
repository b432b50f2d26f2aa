import type { Page } from 'playwright-core';
import { describeWith } from '#testing/needs.js';
import type { GavelClient } from '../testing/gavel-client.js';
import { needs } from './testing/browser.js';
import { inBrowser, inSeconds, live, Site, sees } from './testing/site.js';

describeWith(needs, 'the page of a lot in a browser', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.open();
  });
  afterEach(async () => {
    expect(await site.closeTabs()).toEqual([]);
  });
  afterAll(() => site.close());

  async function bid(page: Page, amount: string): Promise<void> {
    await page.getByLabel(/Your (bid|maximum)/).fill(amount);
    await page.getByLabel(/Your (bid|maximum)/).press('Enter');
  }

  inBrowser("asks once for a bidder's own bids on the page of a lot", async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const lot = await site.openLot();
    await ada.bid(lot.lotId, 20_000);
    const page = await site.tab(ada, '/');
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/api/me/bids')) asked += 1;
    });
    await page.goto(`${site.url}/lots/${lot.lotId}`);
    await live(page);
    await sees(page, 'standing', /You are leading/);
    await page.getByText('Your highest bid: $200.00').waitFor();
    expect(asked).toBe(1);
  });

  inBrowser('lets two bidders bid against each other, and both see each price and where they stand', async () => {
    const [ada, ben] = await Promise.all(['ada', 'ben'].map((name) => site.admin.newCaller('bidder', name)));
    const lot = await site.openLot();
    const hers = await site.lotTab(ada as GavelClient, lot);
    const his = await site.lotTab(ben as GavelClient, lot);
    await Promise.all([live(hers), live(his)]);
    await bid(hers, '150');
    await Promise.all([sees(hers, 'price', /\$150\.00/), sees(his, 'price', /\$150\.00/)]);
    await sees(hers, 'standing', /You are leading/);
    await bid(his, '175.50');
    await Promise.all([sees(hers, 'price', /\$175\.50/), sees(his, 'price', /\$175\.50/)]);
    await Promise.all([sees(hers, 'standing', /You have been outbid/), sees(his, 'standing', /You are leading/)]);
    await hers.getByText('At least $175.51 to lead').waitFor();
    await site.admin.close(lot.lotId);
    await Promise.all([sees(hers, 'standing', /You did not win/), sees(his, 'standing', /You won this lot/)]);
    await sees(his, 'price', /Sold for/);
  });

  inBrowser('sends exactly the amount that its button says, and none that it would have to guess', async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const page = await site.lotTab(ada, await site.openLot());
    const sent: number[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push((request.postDataJSON() as { amount: number }).amount);
    });
    const field = page.getByLabel('Your bid');
    const button = page.getByRole('button', { name: /^Bid/ });
    for (const typed of ['60,50', '140.005', '145.999', '1e2', '99999999999', '$130']) {
      await field.fill(typed);
      await page.getByText(`“${typed}” `).waitFor();
      expect([await button.innerText(), await button.isDisabled()]).toEqual(['Bid', true]);
      await field.press('Enter');
    }
    expect(sent).toEqual([]);
    const said: string[] = [];
    for (const typed of ['133.5', '1,050', '1060.5']) {
      await field.fill('');
      await field.pressSequentially(typed);
      said.push(await button.innerText());
      await button.click();
      await page.getByText(`Your highest bid: ${said.at(-1)?.replace('Bid ', '')}`).waitFor();
    }
    expect(said).toEqual(['Bid $133.50', 'Bid $1,050.00', 'Bid $1,060.50']);
    expect(sent).toEqual([13_350, 105_000, 106_050]);
  });

  inBrowser('never shows a hidden maximum to anybody but its bidder', async () => {
    const [ada, ben] = await Promise.all(['ada', 'ben'].map((name) => site.admin.newCaller('bidder', name)));
    const lot = await site.openLot({ bidPolicy: 'proxy', increments: 'ebay' });
    const hers = await site.lotTab(ada as GavelClient, lot);
    const his = await site.lotTab(ben as GavelClient, lot);
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
    const ada = await site.admin.newCaller('bidder', 'ada');
    const lot = await site.openLot({
      closesAt: inSeconds(50),
      softClose: { windowSeconds: 60, extensionSeconds: 3_600 },
    });
    const page = await site.lotTab(ada, lot);
    await live(page);
    await sees(page, 'countdown', /0:[0-5]\d/);
    await ada.bid(lot.lotId, 20_000);
    await sees(page, 'countdown', /(59:\d\d|1:00:00)/);
    await page.getByText('1 time').waitFor();
  });

  inBrowser('comes back after a restart of the server, with all that happened in between', async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const lot = await site.openLot();
    const page = await site.lotTab(ada, lot);
    await live(page);
    await ada.bid(lot.lotId, 20_000);
    await sees(page, 'price', /\$200\.00/);
    await site.restart();
    const again = site.admin.as(ada.key);
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
    const [ada, ben] = await Promise.all(['ada', 'ben'].map((name) => site.admin.newCaller('bidder', name)));
    const lot = await site.openLot({ startingBid: 0, buyNow: { price: 5_000, quantity: 2 } });
    const hers = await site.lotTab(ada as GavelClient, lot);
    const his = await site.lotTab(ben as GavelClient, lot);
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

  inBrowser('says how many one buyer may buy, and offers no more to who has them', async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const buyNow = { price: 5_000, quantity: 9, limitPerBuyer: 1 };
    const page = await site.lotTab(ada, await site.openLot({ startingBid: 0, buyNow }));
    const buy = page.getByRole('button', { name: 'Buy now for $50.00' });
    await page.getByText('At most 1 for each buyer').waitFor();
    await buy.click();
    await page.getByRole('button', { name: 'Yes, buy it' }).click();
    await page.getByText('You have the 1 that one buyer may buy.').waitFor();
    expect(await buy.count()).toBe(0);
    await page.reload();
    await buy.click();
    await page.getByRole('button', { name: 'Yes, buy it' }).click();
    await page.getByText('You have the 1 that one buyer may buy.').waitFor();
    expect(await buy.count()).toBe(0);
  });

  inBrowser('takes back the offer to buy when a bid ends it', async () => {
    const [ada, ben] = await Promise.all(['ada', 'ben'].map((name) => site.admin.newCaller('bidder', name)));
    const lot = await site.openLot({ startingBid: 0, buyNow: { price: 5_000, quantity: 1 } });
    const page = await site.lotTab(ada as GavelClient, lot);
    await live(page);
    await page.getByRole('button', { name: 'Buy now for $50.00' }).waitFor();
    await (ben as GavelClient).bid(lot.lotId, 1_000);
    await page.getByText('The bidding has ended buying now.').waitFor();
    expect(await page.getByRole('button', { name: 'Buy now for $50.00' }).count()).toBe(0);
  });

  inBrowser('tells a buyer who came too late for the last unit', async () => {
    const ada = await site.admin.newCaller('bidder', 'ada');
    const lot = await site.openLot({ startingBid: 0, buyNow: { price: 5_000, quantity: 2 } });
    const page = await site.lotTab(ada, lot);
    await live(page);
    await page.routeWebSocket('**/ws', () => undefined);
    await page.reload();
    await page.getByRole('button', { name: 'Buy now for $50.00' }).click();
    for (const _ of [1, 2]) await ada.expect(201, ada.post(`/api/lots/${lot.lotId}/purchases`, {}));
    await page.getByRole('button', { name: 'Yes, buy it' }).click();
    await page.getByRole('alert').getByText('Sold out').waitFor();
  });
});
