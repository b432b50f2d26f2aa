import { spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MAIN, newDirectory, runCli } from './testing/run-cli.js';
import { storeAuction } from './testing/stored-auction.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await newDirectory();
  await storeAuction(dataDir, [['ada', 2_000]]);
});

const rebuild = (...args: string[]) => runCli(['rebuild', ...args, '--data-dir', dataDir]);

describe('rebuild', () => {
  it('builds one read model and tells what it took', async () => {
    const { exitCode, stdout, stderr } = await rebuild('bids', '--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      dataDir,
      built: [
        {
          name: 'bids',
          file: expect.stringMatching(/read-models\/bids\.v\d+\.g1\.db$/),
          events: 10,
          rows: 1,
          seconds: expect.any(Number),
          eventsPerSecond: expect.any(Number),
        },
      ],
    });
  });

  it('builds all of them, each time anew', async () => {
    await rebuild('all');
    const { exitCode, stdout } = await rebuild('all');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^read model {2}events {2}rows {2}seconds {2}events\/s$/);
    expect(stdout.match(/^\w+ +10 +1 +[\d.]+ +\d+$/gm)).toHaveLength(4);
    expect(stdout).toMatch(/^listings +10 +2 /m);
    expect(stdout).toMatch(/^webhooks +10 +0 /m);
    const files = await readdir(join(dataDir, 'read-models'));
    expect(files.filter((file) => /^lots\.v\d+\.g2\.db$/.test(file))).toHaveLength(1);
  });

  it('leaves files that only their owner reads', async () => {
    const { status } = spawnSync(process.execPath, [MAIN, 'rebuild', 'bids', '--data-dir', dataDir]);
    expect(status).toBe(0);
    const directory = join(dataDir, 'read-models');
    const stats = await Promise.all((await readdir(directory)).map((file) => stat(join(directory, file))));
    expect(stats.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  });

  it('refuses a read model that there is not', async () => {
    const { exitCode, stderr } = await rebuild('winners');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "value 'winners' is invalid for argument 'read model'. Allowed choices are lots, auctions,",
    );
  });

  it('makes no directory where there is no store', async () => {
    const { exitCode } = await runCli(['rebuild', 'all', '--data-dir', join(dataDir, 'none')]);
    expect(exitCode).toBe(2);
    expect(await readdir(dataDir)).not.toContain('none');
  });
});
