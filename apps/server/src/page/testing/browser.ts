import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { programAt } from '#testing/needs.js';

export const PAGE_DIRECTORY = fileURLToPath(new URL('../../../../web/page/', import.meta.url));
const PATIENCE_MS = 12_000;
const CHROMIUM = programAt('chromium');

/** What tests of the page need of the machine. */
export const needs = {
  chromium: CHROMIUM !== null,
  'the built page (npm run build)': existsSync(`${PAGE_DIRECTORY}index.html`),
};

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface Visit {
  readonly url: string;
  readonly key: string | null;
  readonly path?: string;
  readonly options?: BrowserContextOptions;
}

/** A tab of its own, signed in with the key. What the page throws or its policy forbids fails the test that looks at `faults`. */
export async function visit(browser: Browser, { url, key, path = '/', options = {} }: Visit): Promise<Tab> {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  if (key !== null) await context.addInitScript(`sessionStorage.setItem('gavel-key', ${JSON.stringify(key)})`);
  // What does not come is told by name, before the test's own patience ends.
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Minified React error/.test(message.text())) faults.push(message.text());
  });
  await page.goto(url + path);
  return { page, faults };
}

export interface Tab {
  readonly page: Page;
  readonly faults: readonly string[];
}
