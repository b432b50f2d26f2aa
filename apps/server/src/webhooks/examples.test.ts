import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '#testing/free-ports.js';
import { until } from '#testing/until.js';
import { RunningServer } from '../testing/running-server.js';

const docs = new URL('../../../../../docs/', import.meta.url);
const example = (name: string): string => fileURLToPath(new URL(`examples/${name}`, docs));

/** Runs an example of docs/ as a partner would; its lines as JSON. */
class Example {
  private output = '';
  private constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
  }
  static run(name: string, env: Record<string, string>): Example {
    const child = spawn(process.execPath, [example(name)], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Example(child);
  }
  get events(): { eventId: string; eventType: string }[] {
    return this.output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }
}

describe('the examples for partners', () => {
  it('stand in docs/partners.md as they are', () => {
    const text = readFileSync(new URL('partners.md', docs), 'utf8');
    for (const name of ['receive-webhooks.mjs', 'poll-feed.mjs']) {
      expect(text).toContain(readFileSync(example(name), 'utf8').trim());
    }
  });

  it('print the same events by polling and by webhooks', async () => {
    const running = await RunningServer.start({ GAVEL_WEBHOOKS_ALLOW_PRIVATE: 'true' });
    const { body: issued } = await running.admin.post('/api/keys', { role: 'partner', subject: 'press' });
    const press = running.admin.as(issued.key);
    const port = String(await freePort());
    const subscribed = await press.post('/api/webhooks', { url: `http://127.0.0.1:${port}/` });
    const receiving = Example.run('receive-webhooks.mjs', { SECRET: subscribed.body.secret, PORT: port });
    const polling = Example.run('poll-feed.mjs', { GAVEL: press.url, KEY: issued.key });
    await until(
      () =>
        fetch(`http://127.0.0.1:${port}/`).then(
          ({ status }) => status === 400,
          () => false,
        ),
      20_000,
    );
    const { auctionId } = await running.admin.createAuction();
    const { lotId } = await running.admin.addLot(auctionId);
    await running.admin.run(auctionId, 'start');
    await running.admin.close(lotId);
    await until(() => polling.events.length >= 4 && receiving.events.length >= 4, 20_000);
    const byId = (events: readonly { eventId: string }[]) => new Map(events.map((event) => [event.eventId, event]));
    expect(polling.events.map(({ eventType }) => eventType).slice(0, 3)).toEqual([
      'AuctionCreated',
      'LotListed',
      'AuctionStarted',
    ]);
    expect(byId(receiving.events)).toEqual(byId(polling.events));
    for (const { child } of [receiving, polling]) child.kill('SIGKILL');
    await running.stop();
  });

  it('go on polling when the server starts again', async () => {
    const settings = { PORT: String(await freePort()) };
    const running = await RunningServer.start(settings);
    const { body: issued } = await running.admin.post('/api/keys', { role: 'partner', subject: 'press' });
    await running.admin.createAuction();
    const polling = Example.run('poll-feed.mjs', { GAVEL: running.admin.url, KEY: issued.key });
    await until(() => polling.events.length === 1, 20_000);
    const again = await running.restart(settings);
    await again.admin.createAuction();
    await until(() => polling.events.length === 2 || polling.child.exitCode !== null, 20_000);
    expect(polling.events.map(({ eventType }) => eventType)).toEqual(['AuctionCreated', 'AuctionCreated']);
    polling.child.kill('SIGKILL');
    await again.stop();
  });
});
