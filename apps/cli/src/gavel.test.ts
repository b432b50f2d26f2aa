import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { itWith } from '#testing/needs.js';
import { EXAMPLE, MAIN, newDirectory, runCli } from './testing/run-cli.js';
import { storeAuction } from './testing/stored-auction.js';

/** Starts the program and leaves one of its pipes before it has written to it. Answers its exit code and the other pipe's text. */
async function leave(pipe: 'stdout' | 'stderr', ...args: string[]): Promise<readonly [number | null, string]> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  child[pipe].destroy();
  const ended = once(child, 'exit');
  const told = await text(pipe === 'stdout' ? child.stderr : child.stdout);
  const [code] = await ended;
  return [code, told];
}

describe('the program', () => {
  it.each([
    [['frobnicate'], "error: unknown command 'frobnicate'\n"],
    [['inspect'], "error: missing required argument 'stream'\n"],
    [['inspect', 'lot-1', 'lot-2'], 'error: too many arguments for'],
    [['verify', '--quickly'], "error: unknown option '--quickly'\n"],
    [
      ['import', 'x.csv', '--concurrency', 'many'],
      "error: option '--concurrency <n>' argument 'many' is invalid. It must be a whole number from 1 to 256.\n",
    ],
    [
      ['import', 'x.csv', '--url', 'localhost:3000'],
      "error: option '--url <url>' argument 'localhost:3000' is invalid. It must be an address such as http://localhost:3000.\n",
    ],
    [['import', 'x.csv', '--url', 'http://me:secret@host'], 'It must be an address without user, query or fragment.\n'],
    [
      ['import', 'x.csv', '--name', ' '],
      "error: option '--name <name>' argument ' ' is invalid. It must have 1 to 200 characters.\n",
    ],
  ])('answers 2 to %j and names what is wrong', async (args, message) => {
    const { exitCode, stdout, stderr } = await runCli(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('without a command answers 2 and shows what there is', async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    expect([exitCode, stdout]).toEqual([2, '']);
    for (const command of ['inspect', 'rebuild', 'verify', 'import']) expect(stderr).toContain(`  ${command} `);
  });

  it.each(['inspect', 'rebuild', 'verify', 'import'])('has --json and --data-dir on %s', async (command) => {
    const { exitCode, stdout } = await runCli([command, '--help'], { GAVEL_DATA_DIR: '/srv/gavel' });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('--json ');
    expect(stdout.replace(/\s+/g, ' ')).toContain('(default: "/srv/gavel")');
  });

  it('ends with the exit code of its command, its answer on stdout alone', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'import', EXAMPLE, '--dry-run', '--json'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, summary: '3 of 4 closing prices equal' });
  });

  it('does its work to the end when nobody reads its messages', async () => {
    const dataDir = await newDirectory();
    await storeAuction(dataDir, [['ada', 2_000]]);
    const [code, answer] = await leave('stderr', 'rebuild', 'all', '--progress', '--json', '--data-dir', dataDir);
    expect([code, JSON.parse(answer).built.length]).toEqual([0, 6]);
    expect(await leave('stderr', 'inspect', 'lot-none', '--data-dir', dataDir)).toEqual([2, '']);
  });

  it('ends with what it has found when nobody reads its answer', async () => {
    const dataDir = await newDirectory();
    await storeAuction(dataDir, [['ada', 2_000]]);
    expect(await leave('stdout', 'verify', '--data-dir', dataDir)).toEqual([0, '']);
    await truncate(join(dataDir, 'events.db'), 8_192);
    expect(await leave('stdout', 'verify', '--data-dir', dataDir)).toEqual([1, '']);
  });

  itWith({ '/dev/full': existsSync('/dev/full') })('answers 2 and says so when there is no room for its answer', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'import', EXAMPLE, '--dry-run'], {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect([status, stderr]).toEqual([
      2,
      'gavel: the answer cannot be written: ENOSPC: no space left on device, write\n',
    ]);
  });
});
