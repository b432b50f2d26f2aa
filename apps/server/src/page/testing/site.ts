import type { Browser, Page } from 'playwright-core';
import type { AddLotBody, LotView } from '#contracts/http/lots.js';
import { freePort } from '#testing/free-ports.js';
import type { GavelClient } from '../../testing/gavel-client.js';
import { RunningServer } from '../../testing/running-server.js';
import { openBrowser, type Tab, visit } from './browser.js';

const PATIENCE_MS = 12_000;

/** A running server and a browser that looks at its page. */
export class Site {
  private readonly tabs: Tab[] = [];

  private constructor(
    private running: RunningServer,
    private readonly env: Record<string, string>,
    private readonly browser: Browser,
  ) {}

  static async open(settings: Record<string, string> = {}): Promise<Site> {
    const env = { PORT: String(await freePort()), ...settings };
    return new Site(await RunningServer.start(env), env, await openBrowser());
  }

  get admin(): GavelClient {
    return this.running.admin;
  }

  get url(): string {
    return this.running.server.url;
  }

  async openLot(body: Partial<AddLotBody> = {}): Promise<LotView> {
    const { auctionId } = await this.admin.createAuction({ title: 'A sale' });
    const lot = await this.admin.addLot(auctionId, { title: 'A brass clock', startingBid: 10_000, ...body });
    await this.admin.run(auctionId, 'start');
    return lot;
  }

  /** A tab of its own, signed in as the caller. */
  async tab({ key }: GavelClient, path: string): Promise<Page> {
    const opened = await visit(this.browser, { url: this.url, key, path });
    this.tabs.push(opened);
    return opened.page;
  }

  lotTab(who: GavelClient, { lotId }: LotView): Promise<Page> {
    return this.tab(who, `/lots/${lotId}`);
  }

  /** The server ends and starts again, at the same address. */
  async restart(): Promise<void> {
    this.running = await this.running.restart(this.env);
  }

  /** Closes the tabs of a test. Answers what their pages threw or their policy forbade. */
  async closeTabs(): Promise<string[]> {
    const closed = this.tabs.splice(0);
    for (const { page } of closed) await page.context().close();
    return closed.flatMap(({ faults }) => faults);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.running.stop();
  }
}

/** Browsers are slow where many tests run at once. */
export const inBrowser = (name: string, test: () => Promise<void>) => it(name, test, 90_000);

export const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/** Waits until the page is told what happens. */
export const live = (page: Page) => page.locator('[data-connection="live"]').waitFor({ state: 'attached' });

/** Waits until the element's text matches; fails with what it said instead. */
export async function sees(page: Page, testId: string, text: RegExp): Promise<void> {
  await page
    .getByTestId(testId)
    .filter({ hasText: text })
    .waitFor({ timeout: PATIENCE_MS })
    .catch(async () => {
      const main = await page.locator('main').innerText();
      throw new Error(`${testId} does not become ${text}; the page says:\n${main}`);
    });
}
