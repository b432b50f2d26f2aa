import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../server/src/main.js', import.meta.url));
const READY_MS = 30_000;

/** The port that was wished for if it is free, else one that is. */
export async function freePort(wished: number, host: string): Promise<number> {
  for (const port of [wished, 0]) {
    const probe = createServer().listen(port, host);
    const free = await once(probe, 'listening').then(
      () => (probe.address() as { port: number }).port,
      () => null,
    );
    await new Promise((resolve) => probe.close(resolve));
    if (free !== null) return free;
  }
  throw new Error('no port is free');
}

/** A demonstration touches nothing but its own directory, whatever stands in the environment for a server. */
const SETTING = /^(GAVEL|KAFKA|JWT|OTEL)_|^(EVENTSTORE|REDIS|SCHEMA_REGISTRY)_URL$/;

const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !SETTING.test(name)));

interface DemoServerOptions {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly adminKey: string;
}

/** The server itself, in a process of its own, as `npm start` would run it. */
export class DemoServer {
  private output = '';

  private constructor(
    readonly url: string,
    readonly child: ChildProcess,
  ) {
    const collect = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-4_000);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  }

  static spawn({ port, host, dataDir, adminKey }: DemoServerOptions): DemoServer {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env: {
        ...withoutSettings(process.env),
        PORT: String(port),
        HOST: host,
        GAVEL_DATA_DIR: dataDir,
        GAVEL_ADMIN_KEY: adminKey,
        GAVEL_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new DemoServer(`http://${host === '0.0.0.0' ? 'localhost' : host}:${port}`, child);
  }

  /** Resolves once it is ready. Throws Error with what the server said when that takes too long, and what the signal says. */
  async ready(signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (!(await this.isReady())) {
      if (Date.now() > deadline) throw new Error(`the server is not ready after ${READY_MS} ms:\n${this.output}`);
      await sleep(100, undefined, { signal });
    }
  }

  private isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** What it said last. */
  lastWords(): string {
    return this.output;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
