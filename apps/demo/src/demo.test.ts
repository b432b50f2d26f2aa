import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { AuctionSummary, AuctionView } from '#contracts/http/auctions.js';
import type { BidView, LotView } from '#contracts/http/lots.js';
import type { Page } from '#contracts/http/pages.js';
import { GavelHttp } from './gavel-http.js';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const PATIENCE_MS = 60_000;

/** Asks until there is an answer; throws when there is none in time. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`no ${what} after ${PATIENCE_MS} ms`);
    await sleep(100);
  }
}

describe('the demo', () => {
  let directory: string;
  let demo: ChildProcess;
  let ended: Promise<unknown[]>;
  let said = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gavel-demo-test-'));
    demo = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], TMPDIR: directory, HOST: '127.0.0.1', PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    ended = once(demo, 'exit');
    said = '';
    demo.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  });
  afterEach(async () => {
    demo.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true });
  });

  const leavesNothing = async () => {
    expect(await readdir(directory)).toHaveLength(1);
    demo.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(await readdir(directory)).toEqual([]);
  };

  it('has bots that bid on its lots, and leaves nothing when it is ended', async () => {
    const key = await eventually('key', () => /Bidder +(\S+)/.exec(said)?.[1]);
    const url = /Gavel demo +(\S+)/.exec(said)?.[1] ?? '';
    const http = new GavelHttp(url, key, AbortSignal.timeout(PATIENCE_MS));
    const { lotId, position } = await eventually('bid', () => lotWithBid(http));
    const { items } = await http.get<Page<BidView>>(`/api/lots/${lotId}/bids?atLeast=${position}`);
    expect(items[0]).toMatchObject({ sequence: 1, outcome: 'leading', bidderId: expect.stringMatching(/^[a-z]+$/) });
    await leavesNothing();
  }, 180_000);

  it('leaves nothing either when it is ended before its server is ready', async () => {
    await eventually('data', async () => (await readdir(directory))[0]);
    await leavesNothing();
    expect(said).toBe('');
  }, 180_000);
});

async function lotWithBid(http: GavelHttp): Promise<LotView | undefined> {
  const { items } = await http.get<Page<AuctionSummary>>('/api/auctions?state=started');
  const auctions = await Promise.all(items.map(({ auctionId }) => http.get<AuctionView>(`/api/auctions/${auctionId}`)));
  return auctions.flatMap(({ lots }) => lots).find(({ bidCount }) => bidCount > 0);
}
