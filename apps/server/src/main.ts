import 'reflect-metadata';
import { relative } from 'node:path';
import { StoreUnusable } from '#event-store/event-store.js';
import { storeName } from '#event-store/store-location.js';
import { makeLogger } from './observability/logger.js';
import { type Server, startServer } from './server.js';
import { BadSetting, readSettings, type Settings } from './settings.js';

/** What must be said at the start, to a person. */
function greeting({ url, admin }: Server, settings: Settings): string {
  const dataDir = relative(process.cwd(), settings.dataDir) || '.';
  const key = admin.isNew
    ? `Admin key    ${admin.key}   (shown once; kept in ${admin.file})`
    : `Admin key    ${admin.file === null ? 'as GAVEL_ADMIN_KEY says' : `in ${admin.file}`}`;
  return [
    `Gavel        ${url}`,
    `Data         ${dataDir.startsWith('..') ? settings.dataDir : dataDir}`,
    `Events       ${settings.eventStoreUrl === undefined ? 'embedded (SQLite), with the data' : storeName(settings)}`,
    key,
    `First key    curl -X POST ${url}/api/keys -H 'Authorization: Bearer <admin key>' \\`,
    `               -H 'Content-Type: application/json' -d '{"role": "auctioneer", "subject": "me"}'`,
    `API docs     ${url}/api/docs`,
    '',
  ].join('\n');
}

/** A start that cannot succeed ends with one line that says why. */
function giveUp(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const expected = error instanceof BadSetting || error instanceof StoreUnusable || code !== undefined;
  console.error(expected ? `gavel: ${message}` : error);
  process.exit(1);
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  // What it writes is for its owner alone.
  process.umask(0o077);
  const log = makeLogger(settings.logLevel);
  // The first lines are for a person: until they stand there, only what is wrong is logged.
  if (log.isLevelEnabled('info')) log.level = 'warn';
  const server = await startServer(settings, log);
  process.stdout.write(greeting(server, settings));
  log.level = settings.logLevel;

  let closing = false;
  const close = async (signal: NodeJS.Signals) => {
    if (closing) return;
    closing = true;
    log.info({ signal }, 'closing');
    await server.close();
    log.info('closed, nothing lost');
    process.exit(0);
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}

main().catch(giveUp);
