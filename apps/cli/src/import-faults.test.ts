import { ADMIN_KEY, type Call, type DoubleOptions, type Fault, GavelDouble } from './testing/gavel-double.js';
import { EXAMPLE, runCli } from './testing/run-cli.js';

let double: GavelDouble;
let url: string;

async function start(options: DoubleOptions = {}): Promise<void> {
  double = new GavelDouble(options);
  url = await double.start();
}
afterEach(() => double?.stop());

const runImport = (...args: string[]) =>
  runCli(['import', EXAMPLE, '--url', url, '--key', ADMIN_KEY, '--reserves', 'auto', '--json', ...args]);
const bidCount = () => [...double.bidsByTitle().values()].flat().length;
const isBid = ({ path }: Call) => path.endsWith('/bids');

/** Every third request meets a fault, in turn. */
const everyThird =
  (...faults: Fault[]) =>
  ({ number }: Call): Fault =>
    number > 1 && number % 3 === 0 ? (faults[(number / 3) % faults.length] ?? null) : null;

describe('an import whose server', () => {
  it.each<[string, Fault[]]>([
    ['is busy now and then', [{ status: 503 }, { status: 429, headers: { 'retry-after': '0' } }]],
    ['breaks connections before the effect', ['break-before']],
    ['breaks connections behind the effect', ['break-after']],
    ['breaks connections within the answer', ['break-midway']],
    ['has taken a bid but not yet stored it', [{ status: 202 }]],
  ])('%s places every bid once', async (_, faults) => {
    await start({ faultOf: everyThird(...faults) });
    const { exitCode, stdout, stderr } = await runImport();
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const { summary, repeatedRequests } = JSON.parse(stdout);
    expect(summary).toBe('4 of 4 closing prices equal');
    expect(repeatedRequests).toBeGreaterThan(10);
    expect(bidCount()).toBe(20);
  });

  it('asks to wait is waited for', async () => {
    let refusedAt = 0;
    let waitedMs = 0;
    await start({
      faultOf: (call) => {
        if (!isBid(call)) return null;
        if (refusedAt === 0) {
          refusedAt = performance.now();
          return { status: 429, headers: { 'retry-after': '1' } };
        }
        if (waitedMs === 0) waitedMs = performance.now() - refusedAt;
        return null;
      },
    });
    await runImport('--concurrency', '1');
    expect(waitedMs).toBeGreaterThanOrEqual(990);
  });

  it('carries starts and ends to the lots late is waited for', async () => {
    await start({ lagMs: 120 });
    const { stdout } = await runImport();
    expect(JSON.parse(stdout)).toMatchObject({ summary: '4 of 4 closing prices equal' });
    expect(bidCount()).toBe(20);
  });

  it('refuses a bid stops the import with its line, and nothing is begun behind it', async () => {
    await start({
      faultOf: (call) =>
        isBid(call) && double.calls.filter(isBid).length === 3 ? { status: 409, code: 'lot-closed' } : null,
    });
    const { exitCode, stdout, stderr } = await runImport('--concurrency', '1');
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^gavel: \S+bids.csv:4: POST \/api\/lots\/\S+\/bids answered 409 lot-closed Injected\.\n$/);
    expect(bidCount()).toBe(2);
    expect(double.auctions.lots.size).toBe(1);
  });

  it('fails for good stops the import in the time it was given, with every auction under way', async () => {
    await start({ faultOf: (call) => (isBid(call) ? { status: 503 } : null) });
    const startedAt = performance.now();
    const { exitCode, stderr } = await runImport('--give-up-after', '1');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^gavel: \S+bids.csv:\d+: POST \/api\/lots\/\S+\/bids answered 503 injected Injected\.\n$/);
  });

  it('answers what this program does not understand stops the import', async () => {
    await start({
      faultOf: ({ method, path }) => (method === 'POST' && path === '/api/auctions' ? { status: 200 } : null),
    });
    const { exitCode, stderr } = await runImport('--concurrency', '1');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^gavel: \S+bids.csv:2: POST \/api\/auctions answered what this program does not understand: .*auctionId/,
    );
  });

  it('is spoken to over no more connections than auctions at a time', async () => {
    await start();
    await runImport('--concurrency', '2');
    expect(double.peakConnections).toBeLessThanOrEqual(2);
    expect(double.calls.length).toBeGreaterThan(50);
  });
});
