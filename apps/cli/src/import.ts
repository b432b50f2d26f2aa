import { type Command, InvalidArgumentError } from 'commander';
import { adminKey } from './import/admin-key.js';
import { GavelClient } from './import/gavel-client.js';
import { IdempotencyKeys, nameByContent } from './import/idempotency-keys.js';
import { readBids } from './import/read-bids.js';
import { replay } from './import/replay.js';
import { closingsTable, type Report, reportOf } from './import/report.js';
import { reserveOf, reservesFrom } from './import/reserves.js';
import { type ImportPlan, runImport } from './import/run-import.js';
import {
  numberOption,
  type OutputOptions,
  type ProgressOptions,
  withOutputOptions,
  withProgress,
} from './terminal/options.js';
import { progressBar } from './terminal/progress.js';
import { type Session, write, writeJson } from './terminal/session.js';

interface ImportOptions extends OutputOptions, ProgressOptions {
  readonly url: string;
  readonly key?: string;
  readonly name?: string;
  readonly reserves?: string;
  readonly concurrency: number;
  readonly giveUpAfter: number;
  readonly dryRun?: true;
  readonly all?: true;
}

/** `gavel import <csv>`: recorded bids through a running server, and whether the closing prices come out as recorded. */
export function importCommand(program: Command, session: Session): void {
  const command = program
    .command('import')
    .summary('bids from a CSV file through a running server')
    .description(
      'Creates an auction for each auction of the file, places its bids in order of arrival under hidden maxima (policy proxy, ' +
        "eBay's increments), ends it, and compares the closing price with the recorded one. Goes on where it was when run again.",
    )
    .argument('<csv>', 'columns auctionid,bid,bidtime,bidder,bidderrate,openbid,price,item,auction_type')
    .option('--url <url>', 'the server', serverUrl, 'http://localhost:3000')
    .option('--key <key>', 'the admin key (better: GAVEL_ADMIN_KEY, or admin.key in the data directory)')
    .option('--name <name>', 'tells this import from an earlier one of the same file', importName)
    .option(
      '--reserves <csv|auto>',
      'hidden reserves: a file with auctionid,reserve, or auto: inferred from the prices',
    )
    .addOption(numberOption('--concurrency <n>', 'auctions at the same time', { min: 1, max: 256, otherwise: 16 }))
    .addOption(
      numberOption('--give-up-after <seconds>', 'how long to repeat one request', {
        min: 1,
        max: 86_400,
        otherwise: 120,
      }),
    )
    .option('--dry-run', 'compute the prices in this process, without a server')
    .option('--all', 'show every closing price, not only those that differ');
  withOutputOptions(withProgress(command), session).action((csv: string, options: ImportOptions) =>
    runCommand(csv, options, session),
  );
}

async function runCommand(csv: string, options: ImportOptions, session: Session): Promise<void> {
  const recorded = await readBids(csv);
  const reserves = await reservesFrom(options.reserves, recorded);
  const name = options.name ?? nameByContent(recorded.digest, reserves);
  const plan = { recorded, reserves, idempotencyKeys: new IdempotencyKeys(name), concurrency: options.concurrency };
  const { report, run } = options.dryRun ? dryRun(plan) : await importInto(plan, options, session);
  if (options.json) await writeJson(session, { file: csv, name, ...run, ...report });
  else await write(session, asText(report, run, options.all === true));
}

interface Run {
  readonly dryRun: boolean;
  readonly seconds: number;
  /** Attempts beyond the first one of each request. */
  readonly repeatedRequests: number;
}

function dryRun({ recorded, reserves }: ImportPlan): { report: Report; run: Run } {
  const startedAt = performance.now();
  const closings = recorded.auctions.map((auction) => replay(auction, reserveOf(reserves, auction)));
  const run = { dryRun: true, seconds: secondsSince(startedAt), repeatedRequests: 0 };
  return { report: reportOf(recorded.auctions, closings, reserves), run };
}

async function importInto(
  plan: ImportPlan,
  options: ImportOptions,
  session: Session,
): Promise<{ report: Report; run: Run }> {
  const key = await adminKey(options.key, session.env, options.dataDir);
  const patience = { giveUpAfterMs: options.giveUpAfter * 1000, capMs: 2_000 };
  const client = new GavelClient(options.url, patience, options.concurrency);
  await client.checkAccess(key);
  const startedAt = performance.now();
  const { recorded, reserves } = plan;
  const bar = progressBar(session, options, 'bids', recorded.bidCount);
  let done = 0;
  const onBid = () => bar.update(++done);
  const closings = await runImport(plan, client, key, onBid).finally(() => {
    bar.stop();
    client.close();
  });
  const run = { dryRun: false, seconds: secondsSince(startedAt), repeatedRequests: client.repeated };
  return { report: reportOf(recorded.auctions, closings, reserves), run };
}

const secondsSince = (startedAt: number): number => Math.round(performance.now() - startedAt) / 1000;

function asText(report: Report, { dryRun, seconds, repeatedRequests }: Run, all: boolean): string {
  const outcomes = Object.entries(report.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  const rate = seconds === 0 ? '' : `, ${Math.round(report.bids / seconds)} bids/s`;
  const repeats = repeatedRequests === 0 ? '' : `, ${repeatedRequests} requests repeated`;
  const closings = closingsTable(report, all);
  return [
    `${report.auctions} auctions, ${report.bids} bids: ${outcomes.join(', ')}\n`,
    `${dryRun ? 'computed' : 'imported'} in ${seconds} s${rate}${repeats}\n`,
    closings === '' ? '' : `\n${closings}\n`,
    `${report.summary}\n`,
  ].join('');
}

function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidArgumentError('It must be an address such as http://localhost:3000.');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new InvalidArgumentError('It must be an address without user, query or fragment.');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function importName(text: string): string {
  if (text.trim() === '' || text.length > 200) throw new InvalidArgumentError('It must have 1 to 200 characters.');
  return text;
}
