import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { openBrowser, visit } from '../../../apps/server/src/page/testing/browser.js';
import type { Benchmark, Measured, Run } from '../benchmark.js';
import { GavelServer } from '../http/gavel-server.js';
import { interleave } from '../interleave.js';

const BIDS_A_SECOND = 200;
const PATIENCE_MS = 30_000;

/** The auctioneer's console with all lots of a large auction, scrolled all the time: under bids on all of them, and at rest. */
export const page: Benchmark = {
  name: 'page',
  tools: ['chromium', 'taskset'],
  async run(run) {
    const lots = run.quick ? 100 : 1_000;
    const server = await GavelServer.start(run.scope, [0]);
    const closesAt = new Date(Date.now() + 3_600_000).toISOString();
    const lotIds = await server.openLots(lots, { closesAt });
    const { auctionId } = await server.admin.lot(lotIds[0] as string);
    const browser = await openBrowser();
    try {
      const { url, admin } = server;
      const { page } = await visit(browser, { url, key: admin.key, path: `/console/${auctionId}` });
      await page.locator('[data-connection="live"]').waitFor({ state: 'attached', timeout: PATIENCE_MS });
      const bids = new Bids(server, lotIds);
      const trace = await page.context().newCDPSession(page);
      await trace.send('Performance.enable');
      const comparison = await interleave(run, {
        benchmark: 'page',
        what: `frames of the console while it is scrolled, ${lots.toLocaleString('en-US')} lots, ${BIDS_A_SECOND} bids/s over all of them`,
        goal: { atLeast: 0.9 },
        ours: { name: 'under bids', unit: 'frames/s', measure: () => underBids(run, page, trace, bids) },
        limit: { name: 'at rest', unit: 'frames/s', measure: () => observe(run, page, trace) },
      });
      return [comparison];
    } finally {
      await browser.close();
      await server.stop(run.scope);
    }
  },
};

/** Rejects when the page does not come to show every bid. */
async function underBids(run: Run, page: Page, trace: CDPSession, bids: Bids): Promise<Measured> {
  const [measured] = await Promise.all([observe(run, page, trace), bids.place(run.seconds)]);
  const shown = page.locator('dl.tiles div', { hasText: 'Bids' }).getByText(bids.placed.toLocaleString('en-US'));
  await shown.waitFor({ timeout: PATIENCE_MS });
  return measured;
}

/** Highest bids, one lot after the other, at an even rate. */
class Bids {
  placed = 0;

  constructor(
    private readonly server: GavelServer,
    private readonly lotIds: readonly string[],
  ) {}

  async place(seconds: number): Promise<void> {
    const started = performance.now();
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < seconds * BIDS_A_SECOND; i += 1) {
      await sleep(Math.max(0, started + (i * 1_000) / BIDS_A_SECOND - performance.now()));
      // A step that is prime to their number: neighbours in time are no neighbours on the page.
      const lotId = this.lotIds[(this.placed * 37) % this.lotIds.length] as string;
      this.placed += 1;
      answers.push(this.server.bidder.bid(lotId, 1_000 + this.placed));
    }
    await Promise.all(answers);
  }
}

interface Observed {
  readonly frames: number;
  readonly longTasks: readonly number[];
  readonly rows: number;
}

async function observe({ seconds }: Run, page: Page, trace: CDPSession): Promise<Measured> {
  const before = await busySeconds(trace);
  const { frames, longTasks, rows } = (await page.evaluate(`(${probe})(${seconds * 1_000})`)) as Observed;
  const busy = (await busySeconds(trace)) - before;
  return {
    value: frames / seconds,
    details: {
      'long tasks (over 50 ms)': longTasks.length,
      'long tasks together, ms': longTasks.reduce((sum, each) => sum + each, 0),
      'longest task, ms': Math.max(0, ...longTasks),
      'main thread, ms a second': (busy * 1_000) / seconds,
      'rows drawn': rows,
    },
  };
}

/** What the main thread of the page has worked so far. */
async function busySeconds(trace: CDPSession): Promise<number> {
  const { metrics } = await trace.send('Performance.getMetrics');
  const found = metrics.find(({ name }) => name === 'TaskDuration');
  if (found === undefined) throw new Error('the browser does not tell how long its tasks take');
  return found.value;
}

/** Runs in the page: scrolls down and up by a tenth of a row a frame, and counts frames and tasks over 50 ms. */
const probe = `async (milliseconds) => {
  const longTasks = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  const end = performance.now() + milliseconds;
  let frames = 0;
  let step = 8;
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame);
    frames += 1;
    if (scrollY + innerHeight >= document.documentElement.scrollHeight) step = -8;
    else if (scrollY === 0) step = 8;
    scrollBy(0, step);
  }
  observer.disconnect();
  return { frames, longTasks, rows: document.querySelectorAll('.lots > li').length };
}`;
