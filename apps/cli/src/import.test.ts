import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ADMIN_KEY, type DoubleOptions, GavelDouble } from './testing/gavel-double.js';
import { EXAMPLE, newDirectory, newFile, runCli } from './testing/run-cli.js';

let double: GavelDouble;
let url: string;

async function start(options: DoubleOptions = {}): Promise<void> {
  double = new GavelDouble(options);
  url = await double.start();
}
afterEach(() => double?.stop());

const runImport = (...args: string[]) => runCli(['import', EXAMPLE, '--url', url, '--key', ADMIN_KEY, ...args]);

/** What must stand in the streams, by title of the lot: bidder, amount and outcome of every bid, in order. */
const EXPECTED_BIDS = {
  'Brass telescope 1001': [
    ['csv:anna', 1_200, 'leading'],
    ['csv:ben', 1_100, 'outbid'],
    ['csv:cleo', 2_500, 'leading'],
    ['csv:cleo', 2_500, 'own-maximum-not-raised'],
    ['csv:dora', 2_500, 'outbid'],
    ['csv:ben', 2_550, 'below-minimum'],
    ['csv:anna', 3_000, 'leading'],
  ],
  'Sea chart 1002': [
    ['csv:eva+2A1862', 500, 'leading'],
    ['csv:fred', 300, 'outbid'],
    ['csv:gus', 400, 'outbid'],
    ['csv:eva+2A1862', 2_000, 'maximum-raised'],
    ['csv:fred', 1_250, 'outbid'],
    ['csv:gus', 2_000, 'outbid'],
  ],
  "Ship's clock 1003": [
    ['csv:hana', 7_500, 'leading'],
    ['csv:ivo', 9_000, 'leading'],
    ['csv:hana', 11_000, 'leading'],
    ['csv:jun', 18_000, 'leading'],
    ['csv:ivo', 10_000, 'below-minimum'],
  ],
  'Marbles, one bag 1004': [
    ['csv:anna', 50, 'below-minimum'],
    ['csv:lea', 350, 'leading'],
  ],
};

const storedBids = () =>
  Object.fromEntries(
    [...double.bidsByTitle()].map(([title, bids]) => [
      title,
      bids.map(({ bidderId, amount, outcome }) => [bidderId, amount, outcome]),
    ]),
  );

describe('an import', () => {
  it('places every bid once and in order, and shows the prices that differ', async () => {
    await start();
    const { exitCode, stdout, stderr } = await runImport();
    expect(stderr).toBe('');
    expect(stdout.split('\n').slice(2)).toEqual([
      '',
      'auctionid  bids  state  winner  reserve  recorded  computed',
      '1003          5  sold   jun           -    180.00    112.50',
      '',
      '3 of 4 closing prices equal',
      '',
    ]);
    expect(exitCode).toBe(0);
    expect(storedBids()).toEqual(EXPECTED_BIDS);
  });

  it('with inferred reserves reproduces every price and answers 0', async () => {
    await start();
    const { exitCode, stdout } = await runImport('--reserves', 'auto');
    expect(stdout.split('\n').slice(2)).toEqual(['4 of 4 closing prices equal', '']);
    expect(exitCode).toBe(0);
  });

  it('with a file of reserves sets those', async () => {
    await start();
    const file = await newFile('auctionid,reserve\n1001,500\n1003,180\n', 'reserves.csv');
    const { stdout } = await runImport('--reserves', file, '--all');
    expect(stdout.split('\n').slice(3)).toEqual([
      'auctionid  bids  state   winner    reserve  recorded  computed',
      '1001          7  passed  -          500.00     26.00         -',
      '1002          6  sold    eva*1862        -     20.00     20.00',
      '1003          5  sold    jun        180.00    180.00    180.00',
      '1004          2  sold    lea             -      0.99      0.99',
      '',
      '3 of 4 closing prices equal',
      '',
    ]);
  });

  it('with --json answers one document, amounts in cents', async () => {
    await start();
    const { stdout } = await runImport('--json', '--reserves', 'auto');
    const { seconds, name, closings, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({
      file: EXAMPLE,
      dryRun: false,
      repeatedRequests: 0,
      auctions: 4,
      bids: 20,
      outcomes: { leading: 9, outbid: 6, 'own-maximum-not-raised': 1, 'below-minimum': 3, 'maximum-raised': 1 },
      equal: 4,
      summary: '4 of 4 closing prices equal',
    });
    const lots = [...double.auctions.lots.keys()];
    expect(lots).toContain(closings[2].lotId);
    expect(closings[2]).toEqual({
      auctionid: '1003',
      line: 15,
      bids: 5,
      auctionId: expect.any(String),
      lotId: expect.any(String),
      state: 'sold',
      winnerId: 'csv:jun',
      reserve: 18_000,
      recorded: 18_000,
      computed: 18_000,
      equal: true,
    });
  });

  it('issues one key for each bidder and revokes them all', async () => {
    await start();
    await runImport();
    expect(double.calls.filter(({ method, path }) => method === 'POST' && path === '/api/keys')).toHaveLength(11);
    expect(double.validKeys).toBe(0);
  });

  it('run again changes nothing and answers the same', async () => {
    await start();
    const first = await runImport('--json');
    const second = await runImport('--json');
    const stable = ({ stdout }: { stdout: string }) => ({ ...JSON.parse(stdout), seconds: 0 });
    expect(stable(second)).toEqual(stable(first));
    expect(storedBids()).toEqual(EXPECTED_BIDS);
  });

  it('under another name is another import', async () => {
    await start();
    await runImport();
    await runImport('--name', 'second');
    expect(double.auctions.lots.size).toBe(8);
  });

  it('under the name of one that sent something else stops with a hint', async () => {
    await start();
    await runImport('--name', 'mine', '--concurrency', '1');
    const { exitCode, stderr, stdout } = await runImport('--name', 'mine', '--reserves', 'auto', '--concurrency', '1');
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^gavel: \S+bids.csv:15: POST \/api\/auctions\/\S+\/lots answered 422 idempotency-key-reused .* give this one another --name\.\n$/,
    );
  });

  it('finds the admin key in the data directory, and in GAVEL_ADMIN_KEY before that', async () => {
    await start();
    const dataDir = await newDirectory();
    await writeFile(join(dataDir, 'admin.key'), `${ADMIN_KEY}\n`, { mode: 0o600 });
    const args = ['import', EXAMPLE, '--url', url, '--data-dir', dataDir];
    expect((await runCli(args)).exitCode).toBe(0);
    const wrong = await runCli(args, { GAVEL_ADMIN_KEY: 'not-the-key' });
    expect(wrong.stderr).toBe('gavel: GET /api/me answered 401 unauthenticated It is unauthenticated.\n');
    expect((await runCli(args, { GAVEL_DATA_DIR: '/nowhere', GAVEL_ADMIN_KEY: ADMIN_KEY })).exitCode).toBe(0);
    await rm(join(dataDir, 'admin.key'));
    expect((await runCli(args)).stderr).toBe(
      `gavel: no admin key: give --key or GAVEL_ADMIN_KEY, or --data-dir with the server's admin.key (${dataDir}/admin.key: ENOENT)\n`,
    );
  });

  it('changes nothing with the key of anybody but an admin', async () => {
    await start();
    const issued = await fetch(`${url}/api/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify({ role: 'auctioneer', subject: 'eva' }),
    });
    const { key } = (await issued.json()) as { key: string };
    const { exitCode, stderr } = await runCli(['import', EXAMPLE, '--url', url, '--key', key]);
    expect([exitCode, stderr]).toEqual([
      2,
      'gavel: the key is of role auctioneer: an import needs one of role admin\n',
    ]);
    expect(double.calls.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /api/me']);
  });

  it('waits at its first request for a server that is busy', async () => {
    await start({ faultOf: ({ number }) => (number < 3 ? { status: 503 } : null) });
    const { exitCode } = await runImport();
    expect(exitCode).toBe(0);
    expect(double.calls.slice(0, 3).map(({ path }) => path)).toEqual(['/api/me', '/api/me', '/api/me']);
  });

  it('sends nothing when the file is bad', async () => {
    await start();
    const file = await newFile('auctionid,bid\n');
    const { exitCode, stderr } = await runCli(['import', file, '--url', url, '--key', ADMIN_KEY]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `gavel: ${file}:1: lacks the column bidtime, bidder, bidderrate, openbid, price, item, auction_type\n`,
    );
    expect(double.calls).toEqual([]);
  });

  it('says so when there is no server', async () => {
    await start();
    await double.stop();
    const { exitCode, stderr } = await runImport();
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`gavel: GET /api/me got no answer from ${url}: ECONNREFUSED\n`);
  });

  it('shows its progress on stderr when asked, never on stdout', async () => {
    await start();
    const { stdout, stderr } = await runImport('--progress', '--json');
    expect(stderr).toContain('20/20');
    expect(JSON.parse(stdout)).toMatchObject({ bids: 20 });
  });
});
