import 'reflect-metadata';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { StoreUnusable } from '#event-store/event-store.js';
import { storeName } from '#event-store/store-location.js';
import { makeLogger } from './observability/logger.js';
import { type Server, startServer } from './server.js';
import { BadSetting, readSettings, type Settings } from './settings.js';

/** For how long a start may go on behind a signal, milliseconds: a process that ends while its threads open files may abort. */
const START_PATIENCE_MS = 3_000;

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

/** Which setting is wrong where the system refuses these calls at the start. */
const SETTING_OF: Readonly<Record<string, string>> = { listen: 'PORT', getaddrinfo: 'HOST', mkdir: 'GAVEL_DATA_DIR' };
/** The machine has no such address, whatever the port. */
const HOST_CODES: readonly string[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** A start that cannot succeed ends with one line that says why. */
function giveUp(error: unknown): never {
  const { code = '', syscall = '', message } = error as NodeJS.ErrnoException;
  const expected = error instanceof BadSetting || error instanceof StoreUnusable || code !== '';
  const setting = HOST_CODES.includes(code) ? 'HOST' : SETTING_OF[syscall];
  console.error(expected ? `gavel: ${setting === undefined ? '' : `${setting}: `}${message}` : error);
  process.exit(1);
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  // What it writes is for its owner alone.
  process.umask(0o077);
  const log = makeLogger(settings.logLevel);
  // The first lines are for a person: until they stand there, only what is wrong is logged.
  if (log.isLevelEnabled('info')) log.level = 'warn';
  const starting = startServer(settings, log);
  // From here on: the first process of a container gets no signal that it does not handle.
  closeOnSignal(starting, log);
  const server = await starting;
  process.stdout.write(greeting(server, settings));
  log.level = settings.logLevel;
}

/** A start that waits for its store is not waited for. */
function closeOnSignal(starting: Promise<Server>, log: Logger): void {
  let closing = false;
  const close = async (signal: NodeJS.Signals) => {
    if (closing) return;
    closing = true;
    log.info({ signal }, 'closing');
    const server = await Promise.race([starting, sleep(START_PATIENCE_MS, null)]);
    await server?.close();
    log.info('closed, nothing lost');
    process.exit(0);
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}

main().catch(giveUp);
