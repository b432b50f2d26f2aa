import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readBids } from './import/read-bids.js';
import { ADMIN_KEY, GavelDouble } from './testing/gavel-double.js';
import { EXAMPLE, MAIN, runCli } from './testing/run-cli.js';

const ARGS = ['import', EXAMPLE, '--key', ADMIN_KEY, '--reserves', 'auto', '--concurrency', '2'];

/** Lets a process import until the effect of the request of this number stands, and kills it before it gets the answer. */
async function importKilledAt(request: number): Promise<GavelDouble> {
  let kill = (): void => undefined;
  const double = new GavelDouble({ onEffect: ({ number }) => (number === request ? kill() : undefined) });
  const url = await double.start();
  const child = spawn(process.execPath, [MAIN, ...ARGS, '--url', url], { stdio: 'ignore' });
  kill = () => void child.kill('SIGKILL');
  const [code, signal] = await once(child, 'exit');
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  return double;
}

describe('an import that was killed', () => {
  it.each([2, 3, 4, 7, 12, 20, 33, 41, 50])(
    'behind the effect of request %i goes on when run again, and places no bid twice',
    async (request) => {
      const double = await importKilledAt(request);
      try {
        const { exitCode, stdout } = await runCli([...ARGS, '--url', double.url]);
        expect(stdout).toContain('4 of 4 closing prices equal\n');
        expect(exitCode).toBe(0);
        const { auctions } = await readBids(EXAMPLE);
        const placed = [...double.bidsByTitle()].map(([title, bids]) => [
          title,
          bids.map(({ bidderId, amount }) => [bidderId, amount]),
        ]);
        const recorded = auctions.map(({ title, bids }) => [title, bids.map(({ bidder, amount }) => [bidder, amount])]);
        expect(Object.fromEntries(placed)).toEqual(Object.fromEntries(recorded));
        expect(double.auctions.lots.size).toBe(4);
      } finally {
        await double.stop();
      }
    },
  );
});
