import { spawnSync } from 'node:child_process';
import { EXAMPLE, MAIN, runCli } from './testing/run-cli.js';

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
});
