import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DestinationStream, pino } from 'pino';
import { type Server, startServer } from '../server.js';
import { readSettings } from '../settings.js';
import { GavelClient } from './gavel-client.js';

export const ADMIN_KEY = 'an-admin-key-for-tests';
export const ALIAS_KEY = 'an-alias-key-for-tests';

/** So that no bid is spooled because the machine is busy: only what a test is about makes it so. */
export const PATIENT_MS = '30000';

/** A server in this process, on a free port and an empty directory. */
export class RunningServer {
  private constructor(
    readonly server: Server,
    readonly dataDir: string,
    readonly admin: GavelClient,
  ) {}

  static async start(
    env: Record<string, string> = {},
    dataDir?: string,
    log: DestinationStream = pino.destination(),
  ): Promise<RunningServer> {
    const directory = dataDir ?? (await mkdtemp(join(tmpdir(), 'gavel-')));
    const settings = readSettings({
      PORT: '0',
      HOST: '127.0.0.1',
      GAVEL_DATA_DIR: directory,
      GAVEL_ADMIN_KEY: ADMIN_KEY,
      GAVEL_ALIAS_KEY: ALIAS_KEY,
      GAVEL_RATE_LIMIT: '0',
      GAVEL_SPOOL_AFTER_MS: PATIENT_MS,
      GAVEL_LOG_LEVEL: 'silent',
      ...env,
    });
    const server = await startServer(settings, pino({ level: settings.logLevel }, log));
    return new RunningServer(server, directory, new GavelClient(server.url, ADMIN_KEY));
  }

  /** Closes the server and opens another one on the same data. */
  async restart(env: Record<string, string> = {}): Promise<RunningServer> {
    await this.server.close();
    return RunningServer.start(env, this.dataDir);
  }

  async stop(): Promise<void> {
    await this.server.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
