import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-ports.js';
import { programAt } from './needs.js';

const READY_MS = 15_000;

/** For `describeWith`: these tests need a real Redis. */
export const redisNeeds = { 'redis-server': programAt('redis-server') !== null };

/** A real redis-server on a free port of loopback, with its data in a temporary directory; and what can happen to it. */
export class RedisServer {
  private child: ChildProcess | undefined;
  private connection: Redis | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
  ) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'gavel-redis-')));
    await server.run();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A connection of the test's own, to look at what is stored. It waits while the server is away. */
  get client(): Redis {
    this.connection ??= new Redis(this.port, '127.0.0.1', { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    return this.connection;
  }

  /** kill -9: what was not snapshotted is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Kills it if it runs, and starts it with nothing in it, on the same port. */
  async restartEmpty(): Promise<void> {
    await this.kill();
    await rm(join(this.directory, 'dump.rdb'), { force: true });
    await this.run();
  }

  /** Keeps a copy of what it holds now. */
  async snapshot(): Promise<void> {
    await this.client.save();
  }

  /** Kills it if it runs, and starts it with the last snapshot: a fail-over to a copy that is behind. */
  async restartFromSnapshot(): Promise<void> {
    await this.kill();
    await this.run();
  }

  /** SIGSTOP: connections stay open and are accepted, and nothing is answered. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Forgets everything. */
  async flush(): Promise<void> {
    await this.client.flushall();
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    this.connection?.disconnect();
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async run(): Promise<void> {
    const settings = { bind: '127.0.0.1', port: String(this.port), dir: this.directory, save: '', appendonly: 'no' };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    // Whatever becomes of the tests, no server is left.
    const killAtExit = () => child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.once('exit', () => process.off('exit', killAtExit));
    await ready(child);
  }
}

/** Resolves when it accepts connections; rejects with its words when it does not. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const giveUp = (why: string) => reject(new Error(`redis-server ${why}: ${output}`));
    const timer = setTimeout(() => giveUp('was not ready in time'), READY_MS);
    child.once('exit', () => giveUp('ended at its start'));
    child.once('error', reject);
    child.stderr?.resume();
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (!output.includes('Ready to accept connections')) return;
      clearTimeout(timer);
      output = '';
      resolve();
    });
  });
}
