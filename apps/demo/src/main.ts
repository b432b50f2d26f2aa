import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IssuedKey, IssueKeyBody } from '#contracts/http/keys.js';
import { Bot } from './bot.js';
import { DemoServer, freePort } from './demo-server.js';
import { GavelHttp } from './gavel-http.js';
import { Market } from './market.js';

const BOTS = ['ada', 'ben', 'chen', 'dora', 'emeka', 'fay', 'goran', 'hana', 'ivo', 'june', 'kofi', 'lena'];

/** A server with a living market: sample auctions that never run out, and bots that bid and buy over HTTP like anybody else. */
async function main(): Promise<void> {
  const adminKey = randomBytes(24).toString('base64url');
  const host = process.env['HOST'] || 'localhost';
  const port = await freePort(Number(process.env['PORT'] || 3000), host);
  const stop = new AbortController();
  let isClosing = false;
  const close = async (exitCode: number) => {
    if (isClosing) return;
    isClosing = true;
    stop.abort();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
    process.exit(exitCode);
  };
  // Before there is anything to be left behind; and in the same turn as what it closes, so that no signal comes in between.
  process.on('SIGINT', () => close(0));
  process.on('SIGTERM', () => close(0));
  const dataDir = mkdtempSync(join(tmpdir(), 'gavel-demo-'));
  const server = DemoServer.spawn({ port, host, dataDir, adminKey });
  server.child.on('exit', (code) => {
    if (!isClosing) console.error(`the server ended by itself (${code}):\n${server.lastWords()}`);
    void close(1);
  });

  try {
    await server.ready(stop.signal);
    const admin = new GavelHttp(server.url, adminKey, stop.signal);
    const keyFor = async (role: IssueKeyBody['role'], subject: string) =>
      (await admin.post<IssuedKey>('/api/keys', { role, subject })).key;
    const house = new GavelHttp(server.url, await keyFor('auctioneer', 'the-house'), stop.signal);
    const market = new Market(house, (line) => console.error(line));
    await market.open();
    const bots = await Promise.all(
      BOTS.map(
        async (subject) =>
          new Bot(subject, new GavelHttp(server.url, await keyFor('bidder', subject), stop.signal), market),
      ),
    );
    const keys = {
      bidder: await keyFor('bidder', 'you'),
      auctioneer: await keyFor('auctioneer', 'you'),
      admin: adminKey,
    };
    process.stdout.write(greeting(server.url, keys));
    await Promise.all([market.run(stop.signal), ...bots.map((bot) => bot.run(stop.signal))]);
  } catch (error) {
    if (isClosing) return;
    console.error(error);
    await close(1);
  }
}

const greeting = (url: string, keys: Record<'bidder' | 'auctioneer' | 'admin', string>): string =>
  [
    '',
    `Gavel demo   ${url}`,
    '',
    `Bidder       ${keys.bidder}`,
    `Auctioneer   ${keys.auctioneer}`,
    `Operator     ${keys.admin}`,
    '',
    'Open the address and sign in with one of the keys. Twelve bots bid against you; auctions close within minutes and new ones',
    'follow. Ctrl-C ends it, and nothing is kept.',
    '',
    '',
  ].join('\n');

await main();
