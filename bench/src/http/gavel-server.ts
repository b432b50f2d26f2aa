import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AddLotBody } from '#contracts/http/lots.js';
import { GavelClient } from '../../../apps/server/src/testing/gavel-client.js';
import type { Scope } from '../process/scope.js';
import { startServer } from '../process/spawned.js';
import { type Cores, pinned } from './cores.js';
import { urlIn } from './url-in.js';

const MAIN = fileURLToPath(new URL('../../../apps/server/src/main.js', import.meta.url));
const ADMIN_KEY = 'an-admin-key-for-the-bench';
/** Requests at once while lots are added. */
const AT_ONCE = 16;

/** The real program in a process of its own, on an empty directory. */
export class GavelServer {
  private constructor(
    readonly url: string,
    readonly child: ChildProcess,
    readonly directory: string,
    readonly admin: GavelClient,
    readonly bidder: GavelClient,
  ) {}

  /** `env`: further settings. */
  static async start(scope: Scope, cores: Cores, env: Record<string, string> = {}): Promise<GavelServer> {
    const directory = scope.directory('server');
    const program = pinned(cores, {
      command: process.execPath,
      args: ['--enable-source-maps', MAIN],
      env: {
        HOST: '127.0.0.1',
        PORT: '0',
        GAVEL_DATA_DIR: directory,
        GAVEL_ADMIN_KEY: ADMIN_KEY,
        GAVEL_RATE_LIMIT: '0',
        GAVEL_LOG_LEVEL: 'warn',
        ...env,
      },
      patienceMs: 30_000,
    });
    const { child, found } = await startServer(scope, program, urlIn);
    const admin = new GavelClient(found, ADMIN_KEY);
    const bidder = await admin.newCaller('bidder', 'ada');
    return new GavelServer(found, child, directory, admin, bidder);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Lots of one auction that has started; they stay open until somebody closes them. */
  async openLots(count: number, terms: Partial<AddLotBody> = {}): Promise<string[]> {
    const { auctionId } = await this.admin.createAuction();
    const lotIds: string[] = [];
    const add = async () => {
      while (lotIds.length < count) {
        const at = lotIds.push('') - 1;
        lotIds[at] = (await this.admin.addLot(auctionId, { title: `Lot ${at}`, ...terms })).lotId;
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, add));
    await this.admin.run(auctionId, 'start');
    return lotIds;
  }

  /** A fixed-price lot of an auction of its own. */
  async openStock(quantity: number): Promise<string> {
    const { auctionId } = await this.admin.createAuction();
    const { lotId } = await this.admin.addLot(auctionId, { buyNow: { price: 100, quantity } });
    await this.admin.run(auctionId, 'start');
    return lotId;
  }

  async stop(scope: Scope): Promise<void> {
    await scope.end(this.child);
    scope.remove(this.directory);
  }
}
