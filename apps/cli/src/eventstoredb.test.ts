import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openEventStoreDb } from '#event-store/eventstoredb/event-store-db.js';
import { EventStoreDouble } from '#event-store/eventstoredb/testing/event-store-double.js';
import { MAIN, newDirectory, runCli } from './testing/run-cli.js';
import { append, storeAuctionIn, streams } from './testing/stored-auction.js';

describe('the command line on EventStoreDB', () => {
  let double: EventStoreDouble;
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await newDirectory();
    double = await EventStoreDouble.start();
    const store = openEventStoreDb({ url: double.url });
    await storeAuctionIn(store, [
      ['ada', 1_200],
      ['ben', 2_000],
    ]);
    await store.close();
  });
  afterEach(() => double.stop());

  const run = (...args: string[]) => runCli([...args, '--data-dir', dataDir], { EVENTSTORE_URL: double.url });

  it('inspects, rebuilds and verifies', async () => {
    const { stdout } = await run('inspect', streams.lot, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ revision: 5, state: { phase: 'sold' } });
    expect(await run('rebuild', 'all')).toMatchObject({ exitCode: 0 });
    const verified = await run('verify', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ events: 11, streams: 4, differences: 0, first: [] });
    expect(verified.exitCode).toBe(0);
  });

  it('asks whether the data directory is the right one where a rebuild had to make its own in it', async () => {
    expect((await run('rebuild', 'keys')).stderr).toMatch(
      new RegExp(
        `^gavel: ${dataDir}/eventstoredb-\\w{12}/read-models was not there before: is --data-dir that of the server\\?\n$`,
      ),
    );
    expect(await run('rebuild', 'keys')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('reports each event that cannot be read, and reads on behind it', async () => {
    const store = openEventStoreDb({ url: double.url, upcast: (_, __, data) => ({ data: data as object }) });
    await append(store, 'lot-x', 0, [
      { type: 'OfTheFuture', version: 1, data: {} },
      { type: 'OfTheFuture', version: 1, data: {} },
    ]);
    await append(store, streams.key, 1, [{ type: 'KeyRevoked', version: 1, data: {} }]);
    await store.close();
    const { stdout, exitCode } = await run('verify', '--json');
    const { events, first } = JSON.parse(stdout);
    expect(exitCode).toBe(1);
    expect(events).toBe(12);
    expect(first.map(({ what }: { what: string }) => what).slice(0, 2)).toEqual([
      'event 0 of lot-x cannot be read: event type OfTheFuture is not in the catalogue',
      'event 1 of lot-x cannot be read: event type OfTheFuture is not in the catalogue',
    ]);
  });

  it('says in one line when the store is away, and when the setting is wrong', async () => {
    await double.kill();
    const away = await run('inspect', streams.lot);
    expect(away.exitCode).toBe(2);
    expect(away.stderr).toMatch(new RegExp(`^gavel: esdb://127.0.0.1:${double.port}.tls=false: .*UNAVAILABLE.*\\n$`));
    for (const command of [['verify'], ['rebuild', 'all']]) {
      const wrong = await runCli([...command, '--data-dir', dataDir], { EVENTSTORE_URL: 'mysql://h' });
      expect(wrong).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/^gavel: EVENTSTORE_URL must begin with /),
      });
    }
  });

  it('ends by itself when it is done', async () => {
    const env = { ...process.env, EVENTSTORE_URL: double.url };
    const args = [MAIN, 'inspect', streams.lot, '--json', '--data-dir', dataDir];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: 20_000 });
    expect(JSON.parse(stdout).events).toHaveLength(6);
  });
});
